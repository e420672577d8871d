using Dapr.Workflow;
using Ordering.Contracts;
using OrderSaga.Returns;

namespace OrderSaga.Versions;

/// <summary>The return as it began. Its recorded histories are in tests/Workflow.Tests/Replay/Histories.</summary>
internal static class Version1OneAfterTheOther
{
    public static async Task<OrderState> RunAsync(WorkflowContext context, ReturnAccepted input)
    {
        await context.RefundAsync(input);
        await context.RestockAsync(input);
        return await context.CloseAsync(input);
    }
}
