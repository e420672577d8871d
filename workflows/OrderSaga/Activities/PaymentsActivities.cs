using Dapr.Workflow;
using OrderSaga.Services;
using Payments.Contracts;

namespace OrderSaga.Activities;

internal sealed class CheckCreditActivity(PaymentsApi payments) : WorkflowActivity<CheckCredit, PaymentAnswer>
{
    public override Task<PaymentAnswer> RunAsync(WorkflowActivityContext context, CheckCredit input) => payments.CheckCreditAsync(input);
}

internal sealed class AuthorizePaymentActivity(PaymentsApi payments) : WorkflowActivity<OrderCall<AuthorizePayment>, PaymentAnswer>
{
    public override Task<PaymentAnswer> RunAsync(WorkflowActivityContext context, OrderCall<AuthorizePayment> input) => payments.AuthorizeAsync(input.OrderId, input.Command);
}

internal sealed class CapturePaymentActivity(PaymentsApi payments) : WorkflowActivity<OrderCall<CapturePayment>, PaymentAnswer>
{
    public override Task<PaymentAnswer> RunAsync(WorkflowActivityContext context, OrderCall<CapturePayment> input) => payments.CaptureAsync(input.OrderId, input.Command);
}

internal sealed class VoidPaymentActivity(PaymentsApi payments) : WorkflowActivity<OrderCall<VoidPayment>, PaymentAnswer>
{
    public override Task<PaymentAnswer> RunAsync(WorkflowActivityContext context, OrderCall<VoidPayment> input) => payments.VoidAsync(input.OrderId, input.Command);
}

internal sealed class RefundPaymentActivity(PaymentsApi payments) : WorkflowActivity<OrderCall<RefundPayment>, bool>
{
    public override Task<bool> RunAsync(WorkflowActivityContext context, OrderCall<RefundPayment> input) => payments.RefundAsync(input.OrderId, input.Command);
}
