using Ordering.Contracts;
using Platform;

namespace Crash;

/// <summary>What a person does about an order when it has come to a certain point.</summary>
/// <param name="When">Holds when it is time.</param>
/// <param name="Do">Does it; false when it has to be tried again.</param>
internal sealed record Act(Func<OrderView, bool> When, Func<Shop, Cart, Task<bool>> Do);

/// <summary>One way an order can go, by what is ordered and what people do; nothing in it touches other orders, so that hundreds run side by side.</summary>
/// <param name="Name">Short, for tables and commands.</param>
/// <param name="Price">Pounds for one piece; above 1,000 for the order a person has to approve it.</param>
/// <param name="Choose">What makes the cart special.</param>
/// <param name="Ends">States the order may end in, however it is disturbed.</param>
internal sealed record Scenario(string Name, decimal Price, Func<Cart, Cart> Choose, params IReadOnlyList<OrderState> Ends)
{
    public const int Pieces = 3;

    public const int Stock = 10;

    /// <summary>In the order in which they are done.</summary>
    public IReadOnlyList<Act> Acts { get; init; } = [];

    /// <summary>The same submit is sent twice at once.</summary>
    public bool SubmitsTwice { get; init; }

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("all-well", 20m, cart => cart, OrderState.Completed),
        new("no-stock", 20m, cart => cart with { Lines = [new OrderLine(cart.Lines[0].Sku, Stock + 1)] }, OrderState.Rejected),
        new("declined", 20m, cart => cart with { PaymentMethod = "card-declined" }, OrderState.Rejected),
        new("carrier-refuses", 20m, cart => cart with { Postcode = "XX1 1XX" }, OrderState.Rejected),
        new("capture-fails", 20m, cart => cart with { PaymentMethod = "card-capture-fails" }, OrderState.Rejected),
        new("no-credit", 20m, cart => cart with { Customer = "BLOCKED-1" }, OrderState.Rejected),
        new("approved", 600m, cart => cart, OrderState.Completed) { Acts = [new(IsWaiting, ApproveAsync)] },
        new("expired", 600m, cart => cart with { ApprovalWithin = TimeSpan.FromSeconds(1) }, OrderState.Rejected),
        new("cancelled-waiting", 600m, cart => cart, OrderState.Cancelled) { Acts = [new(IsWaiting, CancelAsync)] },
        // Without a delay the order may be past its pivot when the cancellation comes: then it is refunded in full.
        new("cancelled-at-once", 20m, cart => cart, OrderState.Cancelled, OrderState.Refunded) { Acts = [new(_ => true, CancelAsync)] },
        new("cancelled-after", 20m, cart => cart, OrderState.Refunded) { Acts = [new(IsCompleted, CancelAsync)] },
        new("returned", 20m, cart => cart, OrderState.Refunded)
        {
            Acts =
            [
                new(IsCompleted, (shop, cart) => ReturnAsync(shop, cart, "first", new OrderLine(cart.Lines[0].Sku, 1))),
                new(order => IsCompleted(order) && order.Refunded == 20m, (shop, cart) => ReturnAsync(shop, cart, "rest")),
            ],
        },
        new("submitted-twice", 20m, cart => cart, OrderState.Completed) { SubmitsTwice = true },
        new("flaky-partners", 20m, cart => cart with { PaymentMethod = "card-flaky", Postcode = "XX3 3XX" }, OrderState.Completed),
    ];

    /// <summary>A cart for this scenario, and its product.</summary>
    public Cart CartOf(CoordinationStyle style, string sku) => Choose(new Cart(style, new OrderLine(sku, Pieces)));

    private static bool IsWaiting(OrderView order) => order.State == OrderState.AwaitingApproval;

    private static bool IsCompleted(OrderView order) => order is { State: OrderState.Completed, InBetween: false };

    private static async Task<bool> ApproveAsync(Shop shop, Cart cart)
    {
        using var answer = await shop.ApproveAsync(cart.OrderId);
        return answer.IsSuccessStatusCode;
    }

    private static async Task<bool> CancelAsync(Shop shop, Cart cart)
    {
        using var answer = await shop.CancelAsync(cart.OrderId);
        return answer.IsSuccessStatusCode;
    }

    private static async Task<bool> ReturnAsync(Shop shop, Cart cart, string which, params OrderLine[] lines)
    {
        using var answer = await shop.PostReturnAsync(cart.OrderId, $"{cart.Key}-{which}", lines);
        return answer.IsSuccessStatusCode;
    }
}
