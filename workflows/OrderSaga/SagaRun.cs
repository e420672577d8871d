using Catalog.Contracts;
using Dapr.Workflow;
using Inventory.Contracts;
using Ordering.Contracts;
using OrderSaga.Activities;
using Payments.Contracts;
using Shipping.Contracts;

namespace OrderSaga;

/// <summary>One run of the saga: what its steps do, and what they pass on to each other. Deterministic: everything that touches the world is an activity.</summary>
internal sealed class SagaRun
{
    /// <summary>Activities ask again while a service is down: about a day, after which the workflow fails and an operator has to look.</summary>
    private static readonly WorkflowTaskOptions _untilItAnswers = new(new WorkflowRetryPolicy(
        maxNumberOfAttempts: 9_000,
        firstRetryInterval: TimeSpan.FromMilliseconds(200),
        backoffCoefficient: 2,
        maxRetryInterval: TimeSpan.FromSeconds(10)));

    private readonly OrderDetails _order;
    private readonly Task<CancellationRequested> _cancellation;
    private PricingAnswer? _pricing;

    public SagaRun(WorkflowContext context, OrderDetails order)
    {
        Context = context;
        _order = order;
        _cancellation = context.WaitForExternalEventAsync<CancellationRequested>(OrderWorkflow.CancelEvent);
    }

    public WorkflowContext Context { get; }

    /// <summary>The customer's wish to have the order undone, if it has come.</summary>
    public Failure? Cancellation => _cancellation.IsCompletedSuccessfully ? _cancellation.Result.Failure : null;

    private OrderTerms Terms => new(_order.CustomerId, _pricing!.Total, _order.PaymentMethod, _order.ShipTo, _order.Lines.Sum(line => line.Quantity));

    public async Task<Failure?> PriceAsync()
    {
        _pricing = await CallAsync<PricingAnswer>(nameof(PriceOrderActivity), new PriceOrder(_order));
        return _pricing.Failure;
    }

    public async Task<Failure?> CheckCreditAsync() => (await CallAsync<PaymentAnswer>(nameof(CheckCreditActivity), new CheckCredit(_order, _pricing!.Total))).Failure;

    public async Task<Failure?> ReserveStockAsync() =>
        (await CallAsync<ReservationAnswer>(nameof(ReserveStockActivity), For(new ReserveStock(_order.Style, _pricing!.Total, _order.Lines)))).Failure;

    public Task ReleaseStockAsync(Failure failure) => CallAsync<bool>(nameof(ReleaseStockActivity), For(new ReleaseStock(_order.Style, failure)));

    /// <summary>Ordering decides at the gate, and again when the deadline is there: an approval that was recorded before it counts.</summary>
    public async Task<Failure?> WaitForApprovalAsync()
    {
        var answer = await CallAsync<ApprovalAnswer>(nameof(RequestApprovalActivity), For(new RequestApproval(_pricing!.Total, _pricing.Lines!)));
        if (answer.Status == ApprovalStatus.Waiting)
        {
            using var noLongerNeeded = new CancellationTokenSource();
            var deadline = Context.CreateTimer(answer.Deadline!.Value.UtcDateTime, noLongerNeeded.Token);
            var approved = Context.WaitForExternalEventAsync<OrderApproved>(OrderWorkflow.ApprovedEvent);
            var first = await Task.WhenAny(approved, _cancellation, deadline);
            if (first == deadline)
            {
                answer = await CallAsync<ApprovalAnswer>(nameof(ExpireApprovalActivity), _order.OrderId);
            }
            else
            {
                // Not CancelAsync: it hops to the thread pool, where a workflow has no business.
                noLongerNeeded.Cancel();
                answer = answer with { Status = first == approved ? ApprovalStatus.Approved : ApprovalStatus.Cancelled };
            }
        }

        return answer.Status switch
        {
            ApprovalStatus.Approved => null,
            ApprovalStatus.Expired => new Failure(FailureCodes.ApprovalExpired, "Nobody approved the order in time.", FailedEnd.Rejected),
            _ => Cancellation ?? new Failure(FailureCodes.CancelledByCustomer, "Cancelled while it waited for approval.", FailedEnd.Cancelled),
        };
    }

    public async Task<Failure?> AuthorizePaymentAsync() => (await CallAsync<PaymentAnswer>(nameof(AuthorizePaymentActivity), For(new AuthorizePayment(_order.Style, Terms)))).Failure;

    public Task VoidPaymentAsync(Failure failure) => CallAsync<PaymentAnswer>(nameof(VoidPaymentActivity), For(new VoidPayment(_order.Style, failure)));

    public async Task<Failure?> BookShipmentAsync() =>
        (await CallAsync<ShipmentAnswer>(nameof(BookShipmentActivity), For(new BookShipment(_order.Style, _order.ShipTo, Terms.Pieces)))).Failure;

    public Task CancelShipmentAsync(Failure failure) => CallAsync<bool>(nameof(CancelShipmentActivity), For(new CancelShipment(_order.Style, failure)));

    public async Task<Failure?> CapturePaymentAsync() => (await CallAsync<PaymentAnswer>(nameof(CapturePaymentActivity), For(new CapturePayment(_order.Style)))).Failure;

    public async Task<Failure?> ShipStockAsync()
    {
        await CallAsync<bool>(nameof(ShipStockActivity), For(new ShipStock(_order.Style)));
        return null;
    }

    public Task<OrderState> CompleteAsync() => CallAsync<OrderState>(nameof(CompleteOrderActivity), _order.OrderId);

    /// <summary>An activity of another app: it waits there until that app comes, in whatever language it is written.</summary>
    public Task AwardPointsAsync() =>
        Context.CallActivityAsync<int>("AwardPoints", new AwardPoints(_order.OrderId, _order.CustomerId, _pricing!.Total), _untilItAnswers with { TargetAppId = "loyalty" });

    public Task<OrderState> EndAsync(Failure failure) => CallAsync<OrderState>(nameof(EndOrderActivity), For(new EndOrder(failure)));

    private OrderCall<T> For<T>(T command) => new(_order.OrderId, command);

    private Task<T> CallAsync<T>(string activity, object input) => Context.CallActivityAsync<T>(activity, input, _untilItAnswers);
}

/// <summary>What Loyalty's activity is asked for.</summary>
/// <param name="OrderId">The completed order.</param>
/// <param name="CustomerId">The customer's reference.</param>
/// <param name="Amount">Pounds sterling.</param>
internal sealed record AwardPoints(string OrderId, string CustomerId, decimal Amount);
