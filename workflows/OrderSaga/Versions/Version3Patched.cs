using Dapr.Workflow;
using Ordering.Contracts;
using OrderSaga.Returns;

namespace OrderSaga.Versions;

/// <summary>Both ways: a return that began before goes on as it began, a new one takes the change, and its history says so. This version is in use.</summary>
internal static class Version3Patched
{
    /// <summary>The name of the change. It is written into histories: never used for another change, never renamed.</summary>
    public const string SideBySide = "refund-and-restock-side-by-side";

    public static async Task<OrderState> RunAsync(WorkflowContext context, ReturnAccepted input)
    {
        if (context.IsPatched(SideBySide))
        {
            await Task.WhenAll(context.RestockAsync(input), context.RefundAsync(input));
        }
        else
        {
            await context.RefundAsync(input);
            await context.RestockAsync(input);
        }

        return await context.CloseAsync(input);
    }
}
