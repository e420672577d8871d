using Ordering.Contracts;
using RetailData;
using OpeningStock = RetailData.OpeningStock;

namespace Demo.Planning;

/// <summary>Which orders are submitted in which order, and the stock they find. Depends on nothing but the number, the styles and the seed.</summary>
public sealed record DemoPlan(IReadOnlyList<PlannedOrder> Orders, IReadOnlyList<RetailProduct> Products, IReadOnlyList<OpeningStock> Stock)
{
    /// <summary>An order above this waits for a person; Ordering's own default.</summary>
    public const decimal LargeAbove = 1_000m;

    // Of 25 orders of one style, 11 are plain and 14 meet something.
    private static readonly Fate[] s_fates =
    [
        Fate.PaymentDeclined, Fate.Cancelled, Fate.LargeApproved, Fate.CarrierRefuses, Fate.ReturnedWhole, Fate.CaptureFails, Fate.SubmittedTwice,
        Fate.NotEnoughStock, Fate.ReturnedPartly, Fate.LargeExpires, Fate.CreditRefused, Fate.PaymentDeclined, Fate.Cancelled,
        Fate.FlakyPartners, .. Enumerable.Repeat(Fate.Plain, 11),
    ];

    /// <summary>Makes the plan: with both styles every invoice is replayed twice, side by side, with the same fate.</summary>
    public static DemoPlan Make(Retail retail, int orders, IReadOnlyList<CoordinationStyle> styles, int seed)
    {
        var priceOf = retail.Catalogue.ToDictionary(product => product.Sku, product => product.UnitPrice);
        var large = new Cycle<RetailOrder>(retail.Orders.Where(order => Worth(order, priceOf) > LargeAbove));
        var small = new Cycle<RetailOrder>(retail.Orders.Where(order => Worth(order, priceOf) <= LargeAbove));
        var random = new Random(seed);
        var replayed = new List<(RetailOrder Invoice, Fate Fate)>();
        var rounds = (orders + styles.Count - 1) / styles.Count;
        while (replayed.Count < rounds)
        {
            var fates = s_fates.ToArray();
            random.Shuffle(fates);
            replayed.AddRange(fates.Take(rounds - replayed.Count).Select(fate => ((fate is Fate.LargeApproved or Fate.LargeExpires ? large : small).Next(), fate)));
        }

        var pairs = replayed.SelectMany(one => styles.Select(style => (one.Invoice, one.Fate, Style: style))).Take(orders).ToList();
        var stock = OpeningStock.For([.. pairs.Select((one, i) => one.Invoice with { Invoice = $"{one.Invoice.Invoice}/{i}" })]);
        var scarce = stock.MinBy(one => one.Quantity * priceOf[one.Sku])!;
        var returns = retail.Returns.ToLookup(one => one.Invoice);
        return new DemoPlan(
            [.. pairs.Select((one, i) => Plan(i, one.Invoice, one.Fate, one.Style, scarce, returns[one.Invoice.Invoice]))], retail.Catalogue, stock);
    }

    /// <summary>Whether an order may end otherwise than its fate says without failing the run: shelves that others order from may be empty.</summary>
    public bool MaySurprise { get; private init; } = true;

    /// <summary>
    /// The same plan for a platform that others use too: every product is the run's own, by a mark behind its code. An order that nobody approves becomes one that is approved: its deadline is not ours to set.
    /// </summary>
    public DemoPlan ForDeployed(string mark)
    {
        return new DemoPlan(
            [.. Orders.Select(order => order with
            {
                Fate = order.Fate == Fate.LargeExpires ? Fate.LargeApproved : order.Fate,
                Lines = OwnLines(order.Lines),
                Returns = OwnLines(order.Returns),
            })],
            [.. Products.Select(product => product with { Sku = Own(product.Sku) })],
            [.. Stock.Select(stock => stock with { Sku = Own(stock.Sku) })])
        { MaySurprise = false };

        string Own(string sku) => $"{sku}-{mark}";

        IReadOnlyList<OrderLine> OwnLines(IReadOnlyList<OrderLine> lines) => [.. lines.Select(line => line with { Sku = Own(line.Sku) })];
    }

    private static PlannedOrder Plan(int number, RetailOrder invoice, Fate fate, CoordinationStyle style, OpeningStock scarce, IEnumerable<RetailReturn> returned)
    {
        var lines = fate == Fate.NotEnoughStock
            ? [new OrderLine(scarce.Sku, scarce.Quantity + 1)]
            : invoice.Lines.Select(line => new OrderLine(line.Sku, line.Quantity)).ToList();
        var back = returned.Select(one => new OrderLine(one.Sku, one.Quantity)).ToList();
        if (fate == Fate.Plain && back.Count > 0)
            fate = Fate.ReturnedPartly;
        return new PlannedOrder(
            number,
            style,
            fate,
            fate == Fate.CreditRefused ? Switches.BlockedCustomer + invoice.Customer : invoice.Customer,
            fate switch
            {
                Fate.PaymentDeclined => Switches.DeclinedPayment,
                Fate.CaptureFails => Switches.FailingCapture,
                Fate.FlakyPartners => Switches.FlakyPayment,
                _ => Switches.GoodPayment,
            },
            new Address($"Customer {invoice.Customer}", "1 High Street", "Town", PostcodeFor(fate), invoice.Country),
            lines,
            fate != Fate.ReturnedPartly ? [] : back.Count > 0 ? back : [lines[0]]);
    }

    private static string PostcodeFor(Fate fate) => fate switch
    {
        Fate.CarrierRefuses => Switches.RefusedPostcode,
        Fate.FlakyPartners => Switches.FlakyPostcode,
        _ => Switches.GoodPostcode,
    };

    private static decimal Worth(RetailOrder order, Dictionary<string, decimal> priceOf) => order.Lines.Sum(line => line.Quantity * priceOf[line.Sku]);

    private sealed class Cycle<T>(IEnumerable<T> items)
    {
        private readonly T[] _items = [.. items];
        private int _next;

        public T Next() => _items[_next++ % _items.Length];
    }
}
