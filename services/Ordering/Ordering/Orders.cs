using Ordering.Contracts;
using Ordering.Domain;
using ServiceDefaults;
using ServiceDefaults.State;

namespace Ordering;

/// <summary>Keeps the orders: every command and every event is one unit of work on one order.</summary>
public sealed class Orders(UnitOfWork work, OrderingSwitches switches, ApprovalDeadlines deadlines, TimeProvider clock)
{
    private readonly PagedIndex _index = new("orders", shards: 32);

    /// <returns>The order, and whether it was there before.</returns>
    /// <exception cref="MissingDependencyException">New orders are paused, and this is one.</exception>
    public async Task<(OrderView Order, bool Existed)> SubmitAsync(SubmitOrder command, CancellationToken cancellationToken)
    {
        var id = command.Order.OrderId;
        var policy = switches.Policy;
        return await work.RunAsync(
            new Work(id, Origin.Call, KeyOf(id), _index.HeadOf(id)),
            changes =>
            {
                var before = changes.Get<Order>(KeyOf(id));
                if (before is null)
                {
                    if (switches.NewOrdersPaused.Value)
                    {
                        throw new MissingDependencyException("new orders are paused for a while");
                    }

                    _index.Add(changes, id);
                }

                var after = changes.Apply(KeyOf(id), Submission.Submit(before, command, policy, changes.Now));
                return (after!.ToView(), before is not null);
            },
            cancellationToken);
    }

    public async Task<OrderView?> FindAsync(string id, CancellationToken cancellationToken) => (await work.FindAsync<Order>(KeyOf(id), cancellationToken))?.ToView();

    public async Task<OrderPage> ListAsync(string? after, CancellationToken cancellationToken)
    {
        var (ids, next) = await _index.ReadAsync(work, after, cancellationToken);
        return new OrderPage([.. (await work.FindAllAsync<Order>([.. ids.Select(KeyOf)], cancellationToken)).Select(order => order.ToSummary())], next);
    }

    public async Task<OrderView> ApproveAsync(string id, ApproveOrder command, CancellationToken cancellationToken)
    {
        var order = await ApplyAsync(id, Origin.Call, (current, now) => Approval.Approve(current, command.By, now), cancellationToken);
        if (order.Details.Style == CoordinationStyle.Choreographed)
        {
            await deadlines.WithdrawAsync(id, cancellationToken);
        }

        return order.ToView();
    }

    public Task<OrderView> CancelAsync(string id, CancelOrder command, CancellationToken cancellationToken) =>
        ViewAsync(ApplyAsync(id, Origin.Call, (order, now) => Ending.Cancel(order, command.By, now), cancellationToken));

    public Task<OrderView> ReturnAsync(string id, ReturnOrder command, CancellationToken cancellationToken) =>
        ViewAsync(ApplyAsync(id, Origin.Call, (order, now) => Returning.Accept(order, command, now), cancellationToken));

    /// <summary>The saga arrives at the gate; it keeps the deadline itself.</summary>
    public async Task<ApprovalAnswer> RequestApprovalAsync(string id, RequestApproval command, CancellationToken cancellationToken)
    {
        var policy = switches.Policy;
        var order = await ApplyAsync(
            id,
            Origin.Call,
            (order, now) => Approval.Arrive(order with { PricedLines = command.Lines }, command.Amount, policy, now + order.ApprovalWithin, now),
            cancellationToken);
        return Approval.Answer(order);
    }

    /// <summary>The choreographed order arrives at the gate; a Dapr job keeps the deadline.</summary>
    public async Task ArriveAsync(string id, decimal amount, Origin origin, CancellationToken cancellationToken)
    {
        var order = await work.FindAsync<Order>(KeyOf(id), cancellationToken) ?? throw Unknown(id);

        // Taken once: with another threshold for the commit an order could wait without a deadline.
        var policy = switches.Policy;
        var deadline = clock.GetUtcNow() + order.ApprovalWithin;
        if (Approval.MustWait(order, amount, policy))
        {
            // Before the commit: a job too many finds nothing to do, a job too few would leave the order waiting for ever.
            await deadlines.ScheduleAsync(id, deadline, cancellationToken);
        }

        await ApplyAsync(id, origin, (current, now) => Approval.Arrive(current, amount, policy, deadline, now), cancellationToken);
    }

    /// <summary>
    /// Schedules the deadline of every choreographed order that waits for approval once more. The jobs are kept by Dapr's scheduler, the orders by the state store: when one was lost, or restored
    /// to another time than the other, an order could wait for ever. A job too many finds nothing to do.
    /// </summary>
    /// <returns>How many orders wait.</returns>
    public async Task<int> RenewDeadlinesAsync(CancellationToken cancellationToken)
    {
        var renewed = 0;
        string? next = null;
        do
        {
            (var ids, next) = await _index.ReadAsync(work, next, cancellationToken);
            foreach (var order in await work.FindAllAsync<Order>([.. ids.Select(KeyOf)], cancellationToken))
            {
                if (order is { State: OrderState.AwaitingApproval, ApprovalDeadline: { } deadline, Details.Style: CoordinationStyle.Choreographed })
                {
                    await deadlines.ScheduleAsync(order.Id, deadline, cancellationToken);
                    renewed++;
                }
            }
        }
        while (next is not null);

        return renewed;
    }

    public async Task<ApprovalAnswer> ExpireApprovalAsync(string id, CancellationToken cancellationToken) =>
        Approval.Answer(await ApplyAsync(id, Origin.Call, Approval.Expire, cancellationToken));

    public Task<OrderView> CompleteAsync(string id, Origin origin, CancellationToken cancellationToken) => ViewAsync(ApplyAsync(id, origin, Ending.Complete, cancellationToken));

    public Task<OrderView> EndAsync(string id, Failure failure, Origin origin, CancellationToken cancellationToken) =>
        ViewAsync(ApplyAsync(id, origin, (order, now) => Ending.End(order, failure, now), cancellationToken));

    public Task<OrderView> CloseReturnAsync(string id, string returnId, Origin origin, CancellationToken cancellationToken) =>
        ViewAsync(ApplyAsync(id, origin, (order, now) => Returning.Close(order, returnId, now), cancellationToken));

    public Task PricedAsync(string id, IReadOnlyList<PricedLine> lines, decimal total, Origin origin, CancellationToken cancellationToken) =>
        ApplyAsync(id, origin, (order, now) => Submission.Priced(order, lines, total, now), cancellationToken);

    public Task NoteAsync(string id, string what, Origin origin, CancellationToken cancellationToken) =>
        ApplyAsync(id, origin, (order, now) => Submission.Noted(order, what, now), cancellationToken);

    private static string KeyOf(string id) => $"order-{id}";

    private static UnknownException Unknown(string id) => new($"There is no order '{id}'.");

    private static async Task<OrderView> ViewAsync(Task<Order> order) => (await order).ToView();

    private Task<Order> ApplyAsync(string id, Origin origin, Func<Order, DateTimeOffset, Decision<Order>> decide, CancellationToken cancellationToken) =>
        work.RunAsync(
            new Work(id, origin, KeyOf(id)),
            changes =>
            {
                var order = changes.Get<Order>(KeyOf(id)) ?? throw Unknown(id);
                return changes.Apply(KeyOf(id), decide(order, changes.Now))!;
            },
            cancellationToken);
}
