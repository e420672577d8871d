using Dapr.Workflow;
using Ordering.Contracts;
using OrderSaga.Returns;

namespace OrderSaga.Versions;

/// <summary>
/// A change that is no <c>if</c> any more: money goes back only for what is on the shelf again. It would be a class of its own, <c>ReturnWorkflowV2</c>; returns under way keep
/// <c>ReturnWorkflow</c>. Played by tests/Workflow.Tests/Versioning, not in use.
/// </summary>
internal static class Version6UnderANewName
{
    public static async Task<OrderState> RunAsync(WorkflowContext context, ReturnAccepted input)
    {
        await context.RestockAsync(input);
        await context.RefundAsync(input);
        return await context.CloseAsync(input);
    }
}
