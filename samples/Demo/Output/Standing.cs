using Demo.Running;
using Ordering.Contracts;

namespace Demo.Output;

/// <summary>How many orders are in which state.</summary>
internal static class Standing
{
    public static IReadOnlyList<OrderState> Ends { get; } = [OrderState.Completed, OrderState.Rejected, OrderState.Cancelled, OrderState.Refunded];

    public static int Count(IEnumerable<TrackedOrder> orders, OrderState state) => orders.Count(order => order.Last?.State == state);

    public static string Of(IReadOnlyList<TrackedOrder> orders) =>
        string.Join(", ", Enum.GetValues<OrderState>().Select(state => (state, count: Count(orders, state))).Where(one => one.count > 0).Select(one => $"{one.count} {one.state}"));
}
