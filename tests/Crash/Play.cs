using System.Net;
using System.Text.Json;
using Ordering.Contracts;
using Platform;

namespace Crash;

/// <summary>One order of a scenario, from its submit to what the books say at the end. A client that is patient: what was not answered it asks again.</summary>
internal sealed class Play(Stage stage, Scenario scenario, CoordinationStyle style, string sku) : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(100);
    private static readonly TimeSpan s_afterglow = TimeSpan.FromSeconds(25);

    private readonly Cart _cart = scenario.CartOf(style, sku);
    private readonly CancellationTokenSource _patience = new();
    private readonly CancellationTokenSource _afterglow = new();
    private volatile bool _isChecking;
    private string _last = "never submitted";

    public string OrderId => _cart.OrderId;

    /// <summary>Something was killed: whoever waited for it waits from now.</summary>
    public void WaitAnew()
    {
        _patience.CancelAfter(s_patience);
        if (_isChecking)
            _afterglow.CancelAfter(s_afterglow);
    }

    /// <summary>The host is down: until it is up again no time counts.</summary>
    public void WaitNoTime()
    {
        _patience.CancelAfter(Timeout.InfiniteTimeSpan);
        if (_isChecking)
            _afterglow.CancelAfter(Timeout.InfiniteTimeSpan);
    }

    public void Dispose()
    {
        _patience.Dispose();
        _afterglow.Dispose();
    }

    /// <summary>Plays it and says what is wrong at the end; null for nothing.</summary>
    public async Task<string?> RunAsync()
    {
        WaitAnew();
        try
        {
            await SubmitAsync(_patience.Token);
            foreach (var act in scenario.Acts)
            {
                await UntilAsync(act.When, _patience.Token);
                while (!await TryAsync(() => act.Do(stage.Shop, _cart)))
                    await stage.QuietAsync(OrderId, _patience.Token);
            }

            var order = await UntilAsync(order => !order.InBetween && scenario.Ends.Contains(order.State), _patience.Token);
            return await CheckAsync(order);
        }
        catch (OperationCanceledException)
        {
            return $"{OrderId} did not end as it should within {s_patience.TotalSeconds:0} s: {_last}; {await stage.EvidenceAsync(OrderId)}";
        }
    }

    private async Task SubmitAsync(CancellationToken cancellationToken)
    {
        var wanted = scenario.SubmitsTwice ? 2 : 1;
        await Task.WhenAll(Enumerable.Range(0, wanted).Select(async _ =>
        {
            while (!await TryAsync(TrySubmitAsync))
                await stage.QuietAsync(OrderId, cancellationToken);
        }));
    }

    private async Task<bool> TrySubmitAsync()
    {
        using var answer = await stage.Shop.PostOrderAsync(_cart);
        _last = $"the submit was answered {(int)answer.StatusCode}";
        return answer.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.OK;
    }

    private async Task<OrderView> UntilAsync(Func<OrderView, bool> condition, CancellationToken cancellationToken)
    {
        while (true)
        {
            OrderView? order = null;
            if (await TryAsync(async () => (order = await stage.Shop.OrderAsync(OrderId)) is not null))
            {
                _last = $"{order!.State}{(order.InBetween ? ", in between" : "")}: {string.Join("; ", order.Timeline.Select(entry => entry.What))}";
                if (condition(order))
                    return order;
            }

            await stage.QuietAsync(OrderId, cancellationToken);
        }
    }

    /// <summary>What follows an order's end (a stock movement, a last event) may still be on its way when the books are first asked.</summary>
    private async Task<string?> CheckAsync(OrderView order)
    {
        _isChecking = true;
        _afterglow.CancelAfter(s_afterglow);
        while (true)
        {
            string? wrong = "the books could not be read";
            await TryAsync(async () => (wrong = await DifferenceAsync(order)) is null);
            if (wrong is null)
                return null;
            if (_afterglow.IsCancellationRequested)
                return $"{OrderId} ended as {order.State}, but {wrong}";
            await stage.QuietAsync(OrderId, CancellationToken.None);
        }
    }

    private async Task<string?> DifferenceAsync(OrderView order)
    {
        var sold = order.State is OrderState.Completed or OrderState.Refunded;
        var kept = order.State == OrderState.Completed ? Scenario.Pieces : 0;
        var (amount, back) = (sold ? scenario.Price * Scenario.Pieces : 0, order.State == OrderState.Refunded ? scenario.Price * Scenario.Pieces : 0);
        var money = await stage.Shop.MoneyAsync(OrderId);
        if (money != (0m, amount, back))
            return $"the provider's books say {money}, and it should be {(0m, amount, back)} (held, captured, refunded)";
        if (order.Refunded != back)
            return $"Ordering says {order.Refunded} came back, and it should be {back}";
        if (await stage.Shop.IsBookedAsync(OrderId) != sold)
            return sold ? "the carrier does not come" : "the carrier still comes";
        var stock = await stage.Shop.StockAsync(sku);
        return (stock.OnHand, stock.Reserved, stock.Shipped) == (Scenario.Stock - kept, 0, kept)
            ? null
            : $"stock is {(stock.OnHand, stock.Reserved, stock.Shipped)}, and it should be {(Scenario.Stock - kept, 0, kept)} (on hand, reserved, shipped)";
    }

    /// <summary>While the platform does not answer, nothing is wrong yet.</summary>
    private static async Task<bool> TryAsync(Func<Task<bool>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception problem) when (problem is HttpRequestException or IOException or JsonException or TaskCanceledException or InvalidOperationException or ObjectDisposedException or Xunit.Sdk.XunitException)
        {
            return false;
        }
    }
}
