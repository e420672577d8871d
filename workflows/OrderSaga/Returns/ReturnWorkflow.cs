using Dapr.Workflow;
using Ordering.Contracts;
using OrderSaga.Versions;

namespace OrderSaga.Returns;

/// <summary>
/// The orchestrated return: pay back, put on the shelf, close. It comes after the pivot, so every step is asked until it answers. The folder Versions shows how it came to
/// do the first two side by side while returns were under way.
/// </summary>
public sealed class ReturnWorkflow : Workflow<ReturnAccepted, OrderState>
{
    public override Task<OrderState> RunAsync(WorkflowContext context, ReturnAccepted input) => Version3Patched.RunAsync(context, input);
}
