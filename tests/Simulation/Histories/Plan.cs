using Ordering.Contracts;
using Simulation.Faults;

namespace Simulation.Histories;

/// <summary>Everything that is decided before a history begins. With the same plan it is the same history.</summary>
/// <param name="Seed">Of the dice.</param>
/// <param name="Weather">How rough it is.</param>
/// <param name="Replicas">Of each service.</param>
/// <param name="BrokerKeepsOrder">Whether events of one key come in their order.</param>
/// <param name="Stock">Pieces of each product.</param>
/// <param name="Orders">What customers do.</param>
/// <param name="ReplaysAll">Whether every topic is delivered again after the inboxes have forgotten.</param>
internal sealed record Plan(
    ulong Seed, Weather Weather, int Replicas, bool BrokerKeepsOrder, IReadOnlyDictionary<string, int> Stock, IReadOnlyList<OrderPlan> Orders, bool ReplaysAll)
{
    /// <summary>Pounds sterling; two sofas are more than an order may cost without a person's approval.</summary>
    public static readonly IReadOnlyDictionary<string, decimal> Prices = new Dictionary<string, decimal> { ["mug"] = 2.5m, ["lamp"] = 40m, ["sofa"] = 700m };

    private static readonly double[] _faultRates = [0, 0.002, 0.01, 0.03, 0.08];

    /// <summary>The plan of a seed: one to four orders of any scenario, in little stock.</summary>
    public static Plan Of(ulong seed)
    {
        var dice = new Random(unchecked((int)Chance.Mix(seed ^ 0x5EED)));
        var weather = new Weather(_faultRates[dice.Next(_faultRates.Length)], dice.Next(1, 30), dice.Next(5) == 0, new HashSet<ulong>());
        var replicas = dice.Next(4) == 0 ? 1 : 2;
        var keepsOrder = dice.Next(3) != 0;
        var stock = Prices.Keys.ToDictionary(sku => sku, _ => dice.Next(2, 9));
        var orders = Enumerable.Range(0, OrderCount(dice.Next(20))).Select(number => OrderPlan.Of($"{(char)('A' + number)}", dice)).ToList();
        return new Plan(seed, weather, replicas, keepsOrder, stock, orders, ReplaysAll: dice.Next(4) == 0);
    }

    /// <summary>One order shows what faults do, two compete for stock; more show little that is new, and each takes its time.</summary>
    private static int OrderCount(int dice) => dice switch { < 12 => 1, < 18 => 2, < 19 => 3, _ => 4 };
}

/// <summary>One customer's order, and what the customer does about it.</summary>
/// <param name="Name">Its idempotency key.</param>
/// <param name="Style">Who drives it.</param>
/// <param name="Customer">The customer's reference.</param>
/// <param name="PaymentMethod">May be one that fails.</param>
/// <param name="Postcode">May be one that the carrier refuses.</param>
/// <param name="Lines">What is ordered.</param>
/// <param name="SubmitAt">When.</param>
/// <param name="SubmitAgainAt">When the customer, in doubt, sends it again.</param>
/// <param name="ApprovalWithin">How long a person has to approve it.</param>
/// <param name="ApproveAt">When a person approves it.</param>
/// <param name="CancelAt">When the customer changes their mind.</param>
/// <param name="Returns">What the customer sends back.</param>
internal sealed record OrderPlan(
    string Name,
    CoordinationStyle Style,
    string Customer,
    string PaymentMethod,
    string Postcode,
    IReadOnlyList<OrderLine> Lines,
    TimeSpan SubmitAt,
    TimeSpan? SubmitAgainAt,
    TimeSpan ApprovalWithin,
    TimeSpan? ApproveAt,
    TimeSpan? CancelAt,
    IReadOnlyList<ReturnPlan> Returns)
{
    public string Id { get; } = Gateway.Orders.OrderIds.ForOrder(Name);

    public static OrderPlan Of(string name, Random dice)
    {
        var submitAt = TimeSpan.FromMilliseconds(dice.Next(300));
        string[] methods = ["card", "card", "card", "card", "card", "card-flaky", "card-slow", PaymentProvider.Switches.Declined, PaymentProvider.Switches.CaptureFails];
        string[] postcodes = ["N1 1AA", "N1 1AA", "N1 1AA", "N1 1AA", Carrier.Switches.Refused, Carrier.Switches.Flaky, Carrier.Switches.Slow];
        return new OrderPlan(
            name,
            dice.Next(2) == 0 ? CoordinationStyle.Choreographed : CoordinationStyle.Orchestrated,
            dice.Next(20) == 0 ? "BLOCKED" : "Ada",
            methods[dice.Next(methods.Length)],
            postcodes[dice.Next(postcodes.Length)],
            [.. Enumerable.Range(0, dice.Next(1, 4)).Select(_ => new OrderLine(Plan.Prices.Keys.ElementAt(dice.Next(3)), dice.Next(1, 4)))],
            submitAt,
            dice.Next(5) == 0 ? submitAt + TimeSpan.FromMilliseconds(dice.Next(2_000)) : null,
            TimeSpan.FromSeconds(dice.Next(2, 20)),
            dice.Next(3) != 0 ? submitAt + TimeSpan.FromMilliseconds(dice.Next(20_000)) : null,
            dice.Next(3) == 0 ? submitAt + TimeSpan.FromMilliseconds(Math.Pow(dice.NextDouble(), 2) * 6_000) : null,
            dice.Next(3) == 0 ? [.. Enumerable.Range(0, dice.Next(1, 3)).Select(number => ReturnPlan.Of($"{name}{number}", dice))] : []);
    }
}

/// <summary>Lines that are sent back.</summary>
/// <param name="Key">Its idempotency key.</param>
/// <param name="At">When.</param>
/// <param name="Line">What; null means everything that is left.</param>
internal sealed record ReturnPlan(string Key, TimeSpan At, OrderLine? Line)
{
    public static ReturnPlan Of(string key, Random dice) => new(
        key,
        TimeSpan.FromMilliseconds(dice.Next(500, 20_000)),
        dice.Next(2) == 0 ? null : new OrderLine(Plan.Prices.Keys.ElementAt(dice.Next(3)), dice.Next(1, 3)));
}
