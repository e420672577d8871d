using Catalog.Contracts;
using Catalog.Domain;
using Inventory.Contracts;
using Inventory.Domain;
using Ordering.Contracts;
using Ordering.Domain;
using Payments.Contracts;
using Payments.Domain;
using ServiceDefaults;
using Shipping.Contracts;
using Shipping.Domain;

namespace Services.Tests.Choreography;

/// <summary>What goes wrong in one run.</summary>
public sealed record Fate(bool CardDeclined = false, bool CarrierRefuses = false, bool CaptureFails = false, int CancelAfterDeliveries = -1, bool NobodyApproves = false);

/// <summary>
/// All services' rules wired as their topics wire them, with a broker that delivers every event twice and, across topics, in any order. A message whose dependency is missing comes again.
/// </summary>
internal sealed class World(int seed, Fate fate, decimal unitPrice = 2.5m)
{
    private static readonly ApprovalPolicy _approval = new(1_000, TimeSpan.FromMinutes(15), TimeSpan.FromSeconds(1), TimeSpan.FromDays(7));
    private static readonly CreditPolicy _credit = new(50_000);
    private readonly Random _random = new(seed);
    private readonly List<object> _waiting = [];
    private readonly Provider _provider = new(fate);
    private Pricing? _pricing;
    private DateTimeOffset _now = Some.Time;

    public Order Order { get; private set; } = null!;

    public Payment? Payment { get; private set; }

    public Shipment? Shipment { get; private set; }

    public Reservation? Reservation { get; private set; }

    public Dictionary<string, StockItem> Stock { get; } = new()
    {
        ["85123A"] = StockItem.Open(new OpeningStock("85123A", 10)),
        ["71053"] = StockItem.Open(new OpeningStock("71053", 10)),
    };

    /// <summary>What the provider's books say.</summary>
    public (decimal Held, decimal Captured, decimal Refunded) ProviderBooks => (_provider.Held, _provider.Captured, _provider.Refunded);

    /// <summary>What the carrier's books say.</summary>
    public bool CarrierComes { get; private set; }

    /// <summary>Submits an order and delivers until nothing is left.</summary>
    public void Run(OrderDetails details)
    {
        Then(Submission.Submit(null, new SubmitOrder(details), _approval, _now), order => Order = order);
        for (var deliveries = 0; _waiting.Count > 0 || PassDeadline(); deliveries++)
        {
            if (deliveries == fate.CancelAfterDeliveries && Order.State is not (OrderState.Rejected or OrderState.Unwinding))
            {
                Then(Ending.Cancel(Order, "Ada", _now), order => Order = order);
            }

            Assert.True(deliveries < 10_000, "the choreography does not come to an end");
            DeliverOne();
        }
    }

    private void DeliverOne()
    {
        if (_waiting.Count == 0)
        {
            return;
        }

        var index = _random.Next(_waiting.Count);
        var @event = _waiting[index];
        _waiting.RemoveAt(index);
        foreach (var handle in Handlers(@event).OrderBy(_ => _random.Next()))
        {
            // Twice, as every broker may.
            Try(@event, handle);
            Try(@event, handle);
        }
    }

    private void Try(object @event, Action handle)
    {
        try
        {
            handle();
        }
        catch (MissingDependencyException)
        {
            _waiting.Add(@event);
        }
    }

    private bool PassDeadline()
    {
        if (Order.State != OrderState.AwaitingApproval)
        {
            return false;
        }

        _now = Order.ApprovalDeadline!.Value;
        Then(fate.NobodyApproves ? Approval.Expire(Order, _now) : Approval.Approve(Order, "Grace", _now), order => Order = order);
        return true;
    }

    private IEnumerable<Action> Handlers(object @event) => @event switch
    {
        OrderSubmitted fact => [() => Then(Pricing.Price(_pricing, fact.Order, Products()), pricing => _pricing = pricing)],
        OrderPriced fact =>
        [
            () => Then(Payment.CheckCredit(Payment, fact.Order, fact.Total, _credit), payment => Payment = payment),
            () => Then(Submission.Priced(Order, fact.Lines, fact.Total, _now), order => Order = order),
        ],
        PricingFailed fact => [() => End(fact.Failure)],
        CreditRefused fact => [() => End(fact.Failure)],
        CreditApproved fact => [() => Reserve(fact)],
        StockReserved fact => [() => Then(Approval.Arrive(Order, fact.Amount, _approval, _now.AddMinutes(15), _now), order => Order = order)],
        StockRefused fact => [() => End(fact.Failure)],
        OrderApproved fact => [() => Authorize(fact)],
        PaymentDeclined fact => [() => Release(fact.Failure)],
        PaymentAuthorized fact => [() => Book(fact)],
        ShipmentRefused fact => [() => Void(fact.Failure)],
        ShipmentBooked => [Capture],
        CaptureFailed fact => [() => Cancel(fact.Failure)],
        CancellationRequested fact => [() => Then(Payment.Stop(Payment, fact.OrderId, fact.Style, fact.Failure), payment => Payment = payment)],
        PaymentStopped fact => [() => Cancel(fact.Failure)],
        ShipmentCancelled fact => [() => Void(fact.Failure)],
        PaymentVoided fact => [() => Release(fact.Failure)],
        ApprovalExpired fact => [() => Release(fact.Failure)],
        StockReleased fact => [() => End(fact.Failure)],
        PaymentCaptured => [Ship],
        StockShipped => [() => Then(Ending.Complete(Order, _now), order => Order = order)],
        ReturnAccepted fact => [() => Refund(fact)],
        PaymentRefunded fact => [() => Restock(fact)],
        StockReturned fact => [() => Then(Returning.Close(Order, fact.ReturnId, _now), order => Order = order)],
        _ => [],
    };

    private Dictionary<string, Product> Products() => Stock.Keys.ToDictionary(sku => sku, sku => new Product(sku, sku, unitPrice));

    private void End(Failure failure) => Then(Ending.End(Order, failure, _now), order => Order = order);

    private void Reserve(CreditApproved fact) => Move(
        Reservation.Reserve(Reservation, fact.OrderId, new ReserveStock(fact.Style, fact.Amount, fact.Order.Lines), Stock), (item, quantity) => item.Reserve(quantity));

    private void Release(Failure failure) => Move(
        Reservation.Release(Reservation, Order.Id, new ReleaseStock(Order.Details.Style, failure)), (item, quantity) => item.Release(quantity));

    private void Ship() => Move(Reservation.Ship(Reservation, Order.Id, new ShipStock(Order.Details.Style)), (item, quantity) => item.Ship(quantity));

    private void Restock(PaymentRefunded fact)
    {
        var decision = Reservation.Return(Reservation, fact.OrderId, new RestockReturn(fact.Style, fact.ReturnId, fact.Lines));
        Move(decision, (item, quantity) => item.Return(quantity), fact.Lines);
    }

    private void Move(Decision<Reservation> decision, Func<StockItem, int, StockItem> move, IReadOnlyList<OrderLine>? lines = null) => Then(decision, reservation =>
    {
        Reservation = reservation;
        foreach (var line in lines ?? reservation.Lines)
        {
            Stock[line.Sku] = move(Stock[line.Sku], line.Quantity);
        }
    });

    private void Authorize(OrderApproved fact)
    {
        if (Payment.MayAuthorize(Payment))
        {
            var declined = _provider.Authorize(fact.Terms.Amount) ? null : Some.Declined;
            Then(Payment.Authorized(Payment, fact.OrderId, new AuthorizePayment(fact.Style, fact.Terms), declined), payment => Payment = payment);
        }
    }

    private void Capture()
    {
        Then(Payment.BeginCapture(Payment, Order.Id), payment => Payment = payment);
        if (Payment is { State: PaymentState.Capturing })
        {
            var refused = _provider.Capture() ? null : new Failure(FailureCodes.CaptureFailed, "no", FailedEnd.Rejected);
            Then(Payment.Captured(Payment, Order.Id, Order.Details.Style, refused), payment => Payment = payment);
        }
    }

    private void Void(Failure failure)
    {
        Then(Payment.BeginVoid(Payment, Order.Id, failure), payment => Payment = payment);
        if (Payment.NeedsVoid(Payment))
        {
            _provider.Void();
            Then(Payment.Voided(Payment, Order.Id, new VoidPayment(Order.Details.Style, failure)), payment => Payment = payment);
        }
    }

    private void Refund(ReturnAccepted fact)
    {
        var command = new RefundPayment(fact.Style, fact.ReturnId, fact.Amount, fact.Lines);
        if (Payment.NeedsRefund(Payment, fact.OrderId, command))
        {
            _provider.Refunded += fact.Amount;
            Then(Payment.PaidBack(Payment, fact.OrderId, command), payment => Payment = payment);
        }
    }

    private void Book(PaymentAuthorized fact)
    {
        if (Shipment.MayBook(Shipment))
        {
            CarrierComes = !fate.CarrierRefuses;
            var refused = fate.CarrierRefuses ? new Failure(FailureCodes.ShipmentRefused, "no", FailedEnd.Rejected) : null;
            Then(
                Shipment.Booked(Shipment, fact.OrderId, new BookShipment(fact.Style, fact.Terms.ShipTo, fact.Terms.Pieces), refused is null ? "TRK1" : null, refused),
                shipment => Shipment = shipment);
        }
    }

    private void Cancel(Failure failure)
    {
        if (Shipment.NeedsCancelling(Shipment))
        {
            CarrierComes = false;
            Then(Shipment.Cancelled(Shipment, Order.Id, new CancelShipment(Order.Details.Style, failure)), shipment => Shipment = shipment);
        }
    }

    private void Then<T>(Decision<T> decision, Action<T> keep)
        where T : class
    {
        if (decision.State is { } state)
        {
            keep(state);
        }

        _waiting.AddRange(decision.Events ?? []);
    }

    private sealed class Provider(Fate fate)
    {
        public decimal Held { get; private set; }

        public decimal Captured { get; private set; }

        public decimal Refunded { get; set; }

        public bool Authorize(decimal amount)
        {
            Held = fate.CardDeclined ? 0 : amount;
            return !fate.CardDeclined;
        }

        public bool Capture()
        {
            if (fate.CaptureFails)
            {
                return false;
            }

            (Held, Captured) = (0, Held);
            return true;
        }

        public void Void() => Held = 0;
    }
}
