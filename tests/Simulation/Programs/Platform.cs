namespace Simulation.Programs;

/// <summary>All programs of the platform, started once for the process. They hold no state of a history, so histories run side by side on them.</summary>
internal static class Platform
{
    public const string Gateway = "gateway";
    public const string Catalog = "catalog";
    public const string Ordering = "ordering";
    public const string Inventory = "inventory";
    public const string Payments = "payments";
    public const string Shipping = "shipping";
    public const string Notifications = "notifications";
    public const string OrderSaga = "order-saga";
    public const string PaymentProvider = "payment-provider";
    public const string Carrier = "carrier";

    private static readonly Lazy<IReadOnlyList<ServiceProgram>> _programs = new(() =>
    [
        ServiceProgram.Start(Gateway, typeof(global::Gateway.Books.Audit), "--Authentication:DevelopmentIssuer", "true", "--Approval:AllowOverride", "true"),
        ServiceProgram.Start(Catalog, typeof(global::Catalog.Products)),
        ServiceProgram.Start(Ordering, typeof(global::Ordering.Orders)),
        ServiceProgram.Start(Inventory, typeof(global::Inventory.Reservations)),
        ServiceProgram.Start(Payments, typeof(global::Payments.OrderPayments)),
        ServiceProgram.Start(Shipping, typeof(global::Shipping.Shipments)),
        ServiceProgram.Start(Notifications, typeof(global::Notifications.CustomerLogs)),
        ServiceProgram.Start(OrderSaga, typeof(global::OrderSaga.Sagas)),
        ServiceProgram.Start(PaymentProvider, typeof(global::PaymentProvider.Books)),
        ServiceProgram.Start(Carrier, typeof(global::Carrier.Books)),
    ]);

    public static IReadOnlyList<ServiceProgram> Programs => _programs.Value;

    /// <summary>The world outside, which does not crash with us and keeps its own books.</summary>
    public static bool IsPartner(string appId) => appId is PaymentProvider or Carrier;
}
