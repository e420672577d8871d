using Dapr.Workflow;
using Ordering.Contracts;
using OrderSaga.Returns;

namespace OrderSaga.Versions;

/// <summary>
/// When the last return of version 1 has ended, its way can go. The question stays until those that recorded the answer have ended as well: a worker that does not ask stalls them.
/// </summary>
internal static class Version4OldWayGone
{
    public static async Task<OrderState> RunAsync(WorkflowContext context, ReturnAccepted input)
    {
        _ = context.IsPatched(Version3Patched.SideBySide);
        await Task.WhenAll(context.RestockAsync(input), context.RefundAsync(input));
        return await context.CloseAsync(input);
    }
}
