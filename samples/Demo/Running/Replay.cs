using System.Diagnostics;
using Demo.Output;
using Demo.Planning;
using Ordering.Contracts;

namespace Demo.Running;

/// <summary>
/// Sends the planned orders through the Gateway and does what people would do meanwhile: approve, cancel, send back. Every request may be repeated, so a resumed run sends
/// what it is not sure of again.
/// </summary>
public sealed class Replay(Gateway gateway, DemoPlan plan, Journal journal, DemoOptions options) : IDisposable
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ExpiringApproval = TimeSpan.FromSeconds(2);

    /// <summary>A shop that has just opened is not stormed: every fifth order that has ended brings a tenth of the customers more, until all are there.</summary>
    private const int FirstCustomers = 2, EndsPerStep = 5, Steps = 10;

    private readonly List<TrackedOrder> _orders = [.. plan.Orders.Select(planned => new TrackedOrder(planned) { OrderId = journal.OrderIds.GetValueOrDefault(planned.Number) })];
    private readonly SemaphoreSlim _slots = new(Math.Min(FirstCustomers, options.InFlight));
    private int _customers = Math.Min(FirstCustomers, options.InFlight);
    private int _ended;

    /// <summary>The orders with what is known of them.</summary>
    public IReadOnlyList<TrackedOrder> Orders => _orders;

    /// <summary>From the first submit to the last end.</summary>
    public TimeSpan Elapsed { get; private set; }

    /// <summary>Runs until every order is done or nothing has happened for too long.</summary>
    public async Task RunAsync(IProgressView view, CancellationToken cancellationToken)
    {
        await gateway.OpenShopAsync(plan, cancellationToken);
        var started = Stopwatch.GetTimestamp();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var submitting = SubmitAllAsync(stop.Token);
        try
        {
            await WatchAsync(submitting, view, cancellationToken);
        }
        finally
        {
            await stop.CancelAsync();
            await submitting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // its failure was thrown by the watch already
        }

        Elapsed = Stopwatch.GetElapsedTime(started);
    }

    /// <inheritdoc/>
    public void Dispose() => _slots.Dispose();

    private async Task SubmitAllAsync(CancellationToken cancellationToken)
    {
        var sending = new List<Task>();
        foreach (var order in _orders)
        {
            await _slots.WaitAsync(cancellationToken);
            sending.Add(SubmitAsync(order, cancellationToken));
        }

        await Task.WhenAll(sending);
    }

    private async Task SubmitAsync(TrackedOrder order, CancellationToken cancellationToken)
    {
        if (order.OrderId is null)
        {
            var within = order.Planned.Fate == Fate.LargeExpires ? ExpiringApproval : (TimeSpan?)null;
            var key = $"{journal.Head.Run}-{order.Planned.Number:D5}";
            var orderId = await gateway.SubmitAsync(key, order.Planned, within, cancellationToken);
            if (order.Planned.Fate == Fate.SubmittedTwice && await gateway.SubmitAsync(key, order.Planned, within, cancellationToken) != orderId)
                throw new DemoException($"the idempotency key {key} made two orders");
            journal.Accepted(order.Planned.Number, orderId);
            order.OrderId = orderId;
        }

        if (order.Planned.Fate == Fate.Cancelled)
            await gateway.CancelAsync(order.OrderId, cancellationToken);
    }

    private async Task WatchAsync(Task submitting, IProgressView view, CancellationToken cancellationToken)
    {
        var lastChange = Stopwatch.GetTimestamp();
        while (true)
        {
            var asked = Stopwatch.GetTimestamp();
            if (await LookAsync(cancellationToken))
                lastChange = Stopwatch.GetTimestamp();
            view.Show(_orders);
            if (submitting.IsFaulted)
                await submitting;
            if (submitting.IsCompleted && _orders.TrueForAll(order => order.IsDone))
                return;
            if (Stopwatch.GetElapsedTime(lastChange) > options.Patience)
                return;

            // Watching must not become the load: the pause grows with what looking costs.
            var cost = Stopwatch.GetElapsedTime(asked);
            await Task.Delay(cost * 4 > ShortestPause ? cost * 4 : ShortestPause, cancellationToken);
        }
    }

    /// <summary>Asks for all orders once, does what is due, and says whether anything has changed.</summary>
    private async Task<bool> LookAsync(CancellationToken cancellationToken)
    {
        var known = (await gateway.ListAsync(cancellationToken)).ToDictionary(order => order.OrderId);
        var changed = false;
        var actions = new List<Task>();
        foreach (var order in _orders)
        {
            if (order.OrderId is null || order.IsDone || !known.TryGetValue(order.OrderId, out var now))
                continue;
            changed |= order.Last?.State != now.State || order.Last.InBetween != now.InBetween;
            order.Last = now;
            order.WaitedForApproval |= now.State == OrderState.AwaitingApproval;
            if (now.State == OrderState.AwaitingApproval && order.Planned.Fate is not Fate.LargeExpires)
                actions.Add(gateway.ApproveAsync(order.OrderId, cancellationToken));
            if (order is { WantsReturn: true, ReturnSent: false } && now is { State: OrderState.Completed, InBetween: false })
                actions.Add(ReturnAsync(order, cancellationToken));
            if (order.IsDone)
                LetIn();
        }

        await Task.WhenAll(actions);
        return changed || actions.Count > 0;
    }

    private void LetIn()
    {
        var more = ++_ended % EndsPerStep == 0 ? Math.Min(Math.Max(1, options.InFlight / Steps), options.InFlight - _customers) : 0;
        _customers += more;
        _slots.Release(1 + more);
    }

    private async Task ReturnAsync(TrackedOrder order, CancellationToken cancellationToken)
    {
        await gateway.ReturnAsync(order.OrderId!, order.Planned.Returns, cancellationToken);
        order.ReturnSent = true;
        order.Last = null; // what was seen before the return says nothing about it
    }
}
