using Ordering.Contracts;
using ServiceDefaults;

namespace Ordering.Domain;

/// <summary>The rules for sending lines back.</summary>
public static class Returning
{
    /// <summary>Accepts a return: no more than was bought, each piece at the price it was bought for.</summary>
    public static Decision<Order> Accept(Order order, ReturnOrder command, DateTimeOffset now)
    {
        if (order.Returns.FirstOrDefault(entry => entry.ReturnId == command.ReturnId) is { } repeat)
        {
            return command.Lines is null || repeat.Lines.SequenceEqual(OneLinePerProduct(command.Lines))
                ? Decision.Nothing
                : throw new ConflictException($"Return '{command.ReturnId}' of order {order.Id} was accepted with other lines.");
        }

        if (order.State != OrderState.Completed)
        {
            throw new ConflictException($"Only a completed order can be returned: order {order.Id} is {order.State}.");
        }

        var left = Left(order);
        var lines = command.Lines is null ? [.. left.Where(line => line.Value > 0).Select(line => new OrderLine(line.Key, line.Value))] : OneLinePerProduct(command.Lines);
        if (lines.FirstOrDefault(line => line.Quantity < 1 || left.GetValueOrDefault(line.Sku) < line.Quantity) is { } tooMuch)
        {
            throw new ConflictException($"{tooMuch.Quantity} pieces of '{tooMuch.Sku}' cannot be returned: {left.GetValueOrDefault(tooMuch.Sku)} are left of order {order.Id}.");
        }

        if (lines.Count == 0)
        {
            throw new ConflictException($"Nothing is left of order {order.Id} that could be returned.");
        }

        var prices = (order.PricedLines ?? throw new MissingDependencyException($"the prices of order {order.Id} are not known here yet"))
            .DistinctBy(line => line.Sku)
            .ToDictionary(line => line.Sku, line => line.UnitPrice);
        return Accepted(order, command.ReturnId, lines, decimal.Round(lines.Sum(line => prices[line.Sku] * line.Quantity), 2), now);
    }

    /// <summary>Accepts everything that is left, for the money that is left.</summary>
    public static Decision<Order> AcceptAll(Order order, string returnId, DateTimeOffset now)
    {
        var lines = Left(order).Where(line => line.Value > 0).Select(line => new OrderLine(line.Key, line.Value)).ToList();
        return lines.Count == 0 || order.Returns.Any(entry => entry.ReturnId == returnId)
            ? Decision.Nothing
            : Accepted(order, returnId, lines, (order.Amount ?? 0) - order.Returns.Sum(entry => entry.Amount), now);
    }

    /// <summary>Money and stock of a return are back. When nothing is left the order is refunded.</summary>
    public static Decision<Order> Close(Order order, string returnId, DateTimeOffset now)
    {
        var entry = order.Returns.FirstOrDefault(entry => entry.ReturnId == returnId)
            ?? throw new ImpossibleRequestException($"order {order.Id} has no return '{returnId}'");
        if (entry.Completed)
        {
            return Decision.Nothing;
        }

        var closed = (order with { Returns = [.. order.Returns.Select(other => other.ReturnId == returnId ? other with { Completed = true } : other)] })
            .Note(now, $"return {returnId} completed: £{entry.Amount} refunded");
        var fact = new ReturnCompleted(order.Id, order.Details.Style, returnId, entry.Amount);
        return HasSomethingLeft(closed) || closed.Returns.Any(other => !other.Completed)
            ? new(closed, fact)
            : new(
                (closed with { State = OrderState.Refunded }).Note(now, "refunded"),
                fact,
                new OrderRefunded(order.Id, order.Details.Style, order.Details.CustomerId, closed.Returns.Sum(other => other.Amount)));
    }

    /// <summary>Whether pieces are left that no return has claimed.</summary>
    public static bool HasSomethingLeft(Order order) => Left(order).Values.Any(quantity => quantity > 0);

    /// <summary>What the customer has of a completed order: its lines without those that came back.</summary>
    public static IReadOnlyList<OrderLine> Kept(Order order) => order.State is OrderState.Completed or OrderState.Refunded
        ? [.. Without(order, order.Returns.Where(entry => entry.Completed)).Where(line => line.Value > 0).Select(line => new OrderLine(line.Key, line.Value))]
        : [];

    private static Decision<Order> Accepted(Order order, string returnId, IReadOnlyList<OrderLine> lines, decimal amount, DateTimeOffset now) => new(
        (order with { Returns = [.. order.Returns, new OrderReturn(returnId, lines, amount, Completed: false)] }).Note(now, $"return {returnId} accepted"),
        new ReturnAccepted(order.Id, order.Details.Style, returnId, lines, amount));

    private static Dictionary<string, int> Left(Order order) => Without(order, order.Returns);

    private static Dictionary<string, int> Without(Order order, IEnumerable<OrderReturn> returns)
    {
        var left = OneLinePerProduct(order.Details.Lines).ToDictionary(line => line.Sku, line => line.Quantity);
        foreach (var line in returns.SelectMany(entry => entry.Lines))
        {
            left[line.Sku] -= line.Quantity;
        }

        return left;
    }

    private static IReadOnlyList<OrderLine> OneLinePerProduct(IReadOnlyList<OrderLine> lines) =>
        [.. lines.GroupBy(line => line.Sku).Select(product => new OrderLine(product.Key, product.Sum(line => line.Quantity)))];
}
