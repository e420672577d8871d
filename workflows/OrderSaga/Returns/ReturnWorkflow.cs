using Dapr.Workflow;
using Inventory.Contracts;
using Ordering.Contracts;
using OrderSaga.Activities;
using Payments.Contracts;

namespace OrderSaga.Returns;

/// <summary>The orchestrated return: pay back, put on the shelf, close. It comes after the pivot, so every step is asked until it answers.</summary>
public sealed class ReturnWorkflow : Workflow<ReturnAccepted, OrderState>
{
    private static readonly WorkflowTaskOptions _untilItAnswers = new(new WorkflowRetryPolicy(
        maxNumberOfAttempts: 9_000,
        firstRetryInterval: TimeSpan.FromMilliseconds(200),
        backoffCoefficient: 2,
        maxRetryInterval: TimeSpan.FromSeconds(10)));

    public override async Task<OrderState> RunAsync(WorkflowContext context, ReturnAccepted input)
    {
        var refund = new OrderCall<RefundPayment>(input.OrderId, new RefundPayment(input.Style, input.ReturnId, input.Amount, input.Lines));
        await context.CallActivityAsync<bool>(nameof(RefundPaymentActivity), refund, _untilItAnswers);

        var restock = new OrderCall<RestockReturn>(input.OrderId, new RestockReturn(input.Style, input.ReturnId, input.Lines));
        await context.CallActivityAsync<bool>(nameof(RestockReturnActivity), restock, _untilItAnswers);

        return await context.CallActivityAsync<OrderState>(nameof(CloseReturnActivity), new OrderCall<string>(input.OrderId, input.ReturnId), _untilItAnswers);
    }
}
