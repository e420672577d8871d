using Dapr.Workflow;
using Inventory.Contracts;
using Ordering.Contracts;
using OrderSaga.Activities;
using Payments.Contracts;

namespace OrderSaga.Returns;

/// <summary>What a return consists of, the same in every version of it.</summary>
internal static class ReturnSteps
{
    private static readonly WorkflowTaskOptions _untilItAnswers = new(new WorkflowRetryPolicy(
        maxNumberOfAttempts: 9_000,
        firstRetryInterval: TimeSpan.FromMilliseconds(200),
        backoffCoefficient: 2,
        maxRetryInterval: TimeSpan.FromSeconds(10)));

    public static Task RefundAsync(this WorkflowContext context, ReturnAccepted input) => context.CallActivityAsync<bool>(
        nameof(RefundPaymentActivity), new OrderCall<RefundPayment>(input.OrderId, new RefundPayment(input.Style, input.ReturnId, input.Amount, input.Lines)), _untilItAnswers);

    public static Task RestockAsync(this WorkflowContext context, ReturnAccepted input) => context.CallActivityAsync<bool>(
        nameof(RestockReturnActivity), new OrderCall<RestockReturn>(input.OrderId, new RestockReturn(input.Style, input.ReturnId, input.Lines)), _untilItAnswers);

    public static Task<OrderState> CloseAsync(this WorkflowContext context, ReturnAccepted input) => context.CallActivityAsync<OrderState>(
        nameof(CloseReturnActivity), new OrderCall<string>(input.OrderId, input.ReturnId), _untilItAnswers);
}
