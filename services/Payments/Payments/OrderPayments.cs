using Ordering.Contracts;
using Payments.Contracts;
using Payments.Domain;
using Payments.Provider;
using ServiceDefaults.State;

namespace Payments;

/// <summary>Checks credit, authorizes, captures, voids and pays back. The provider is asked outside of transactions; asking twice is safe, and what it answered is judged again on commit.</summary>
public sealed class OrderPayments(UnitOfWork work, PaymentProvider provider, CreditPolicy policy)
{
    public async Task<PaymentAnswer> CheckCreditAsync(OrderDetails order, decimal amount, Origin origin, CancellationToken cancellationToken) =>
        Answer(await ApplyAsync(order.OrderId, origin, payment => Payment.CheckCredit(payment, order, amount, policy), cancellationToken));

    public async Task<PaymentAnswer> AuthorizeAsync(string orderId, AuthorizePayment command, Origin origin, CancellationToken cancellationToken)
    {
        var payment = await FindAsync(orderId, cancellationToken);
        if (!Payment.MayAuthorize(payment))
        {
            return Answer(payment);
        }

        var answer = await provider.AuthorizeAsync(orderId, command.Terms.Amount, command.Terms.PaymentMethod, cancellationToken);
        var declined = answer.Accepted ? null : new Failure(FailureCodes.PaymentDeclined, $"The payment was declined: {answer.Reason}.", FailedEnd.Rejected);
        return Answer(await ApplyAsync(orderId, origin, current => Payment.Authorized(current, orderId, command, declined), cancellationToken));
    }

    public async Task<PaymentAnswer> CaptureAsync(string orderId, CapturePayment command, Origin origin, CancellationToken cancellationToken)
    {
        var payment = await ApplyAsync(orderId, Origin.Step, current => Payment.BeginCapture(current, orderId), cancellationToken);
        if (payment is not { State: PaymentState.Capturing })
        {
            return Answer(payment);
        }

        var answer = await provider.CaptureAsync(orderId, cancellationToken);
        var refused = answer.Accepted ? null : new Failure(FailureCodes.CaptureFailed, $"The payment could not be taken: {answer.Reason}.", FailedEnd.Rejected);
        return Answer(await ApplyAsync(orderId, origin, current => Payment.Captured(current, orderId, command.Style, refused), cancellationToken));
    }

    public Task StopAsync(string orderId, CoordinationStyle style, Failure failure, Origin origin, CancellationToken cancellationToken) =>
        ApplyAsync(orderId, origin, payment => Payment.Stop(payment, orderId, style, failure), cancellationToken);

    public async Task<PaymentAnswer> VoidAsync(string orderId, VoidPayment command, Origin origin, CancellationToken cancellationToken)
    {
        var payment = await ApplyAsync(orderId, Origin.Step, current => Payment.BeginVoid(current, orderId, command.Failure), cancellationToken);
        if (Payment.NeedsVoid(payment))
        {
            await provider.VoidAsync(orderId, cancellationToken);
            payment = await ApplyAsync(orderId, origin, current => Payment.Voided(current, orderId, command), cancellationToken);
        }

        return new PaymentAnswer(payment is not { State: PaymentState.Capturing or PaymentState.Captured }, payment?.Stopped);
    }

    public async Task RefundAsync(string orderId, RefundPayment command, Origin origin, CancellationToken cancellationToken)
    {
        if (Payment.NeedsRefund(await FindAsync(orderId, cancellationToken), orderId, command))
        {
            await provider.RefundAsync(orderId, command.ReturnId, command.Amount, cancellationToken);
            await ApplyAsync(orderId, origin, payment => Payment.PaidBack(payment, orderId, command), cancellationToken);
        }
    }

    /// <summary>What Payments believes about the money of these orders.</summary>
    public async Task<IReadOnlyList<MoneyView>> ViewAsync(IReadOnlyList<string> orderIds, CancellationToken cancellationToken) =>
        [.. (await work.FindAllAsync<Payment>([.. orderIds.Select(KeyOf)], cancellationToken)).Select(payment => payment.ToView())];

    private static string KeyOf(string orderId) => $"payment-{orderId}";

    private static PaymentAnswer Answer(Payment? payment)
    {
        var failure = payment?.Failure ?? payment?.Stopped;
        return new PaymentAnswer(failure is null, failure);
    }

    private Task<Payment?> FindAsync(string orderId, CancellationToken cancellationToken) => work.FindAsync<Payment>(KeyOf(orderId), cancellationToken);

    private Task<Payment?> ApplyAsync(string orderId, Origin origin, Func<Payment?, ServiceDefaults.Decision<Payment>> decide, CancellationToken cancellationToken) =>
        work.RunAsync(new Work(orderId, origin, KeyOf(orderId)), changes => changes.Apply(KeyOf(orderId), decide(changes.Get<Payment>(KeyOf(orderId)))), cancellationToken);
}
