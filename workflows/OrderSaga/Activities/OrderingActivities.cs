using Dapr.Workflow;
using Ordering.Contracts;
using OrderSaga.Services;

namespace OrderSaga.Activities;

internal sealed class RequestApprovalActivity(OrderingApi ordering) : WorkflowActivity<OrderCall<RequestApproval>, ApprovalAnswer>
{
    public override Task<ApprovalAnswer> RunAsync(WorkflowActivityContext context, OrderCall<RequestApproval> input) => ordering.RequestApprovalAsync(input.OrderId, input.Command);
}

internal sealed class ExpireApprovalActivity(OrderingApi ordering) : WorkflowActivity<string, ApprovalAnswer>
{
    public override Task<ApprovalAnswer> RunAsync(WorkflowActivityContext context, string input) => ordering.ExpireApprovalAsync(input);
}

internal sealed class CompleteOrderActivity(OrderingApi ordering) : WorkflowActivity<string, OrderState>
{
    public override Task<OrderState> RunAsync(WorkflowActivityContext context, string input) => ordering.CompleteAsync(input);
}

internal sealed class EndOrderActivity(OrderingApi ordering) : WorkflowActivity<OrderCall<EndOrder>, OrderState>
{
    public override Task<OrderState> RunAsync(WorkflowActivityContext context, OrderCall<EndOrder> input) => ordering.EndAsync(input.OrderId, input.Command);
}

internal sealed class CloseReturnActivity(OrderingApi ordering) : WorkflowActivity<OrderCall<string>, OrderState>
{
    public override Task<OrderState> RunAsync(WorkflowActivityContext context, OrderCall<string> input) => ordering.CloseReturnAsync(input.OrderId, input.Command);
}
