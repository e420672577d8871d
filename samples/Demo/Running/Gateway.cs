using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Demo.Output;
using Demo.Planning;
using Ordering.Contracts;

namespace Demo.Running;

/// <summary>The platform's public HTTP API, as any client sees it. What may be repeated is repeated while the platform does not answer.</summary>
public sealed class Gateway
{
    private const int MostTries = 100;

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(300);

    private static readonly TimeSpan s_reportEvery = TimeSpan.FromSeconds(5);

    private readonly HttpClient _http;
    private readonly Action<string> _reportTrouble;
    private readonly Lazy<Task<string>> _token;
    private long _lastReport = Stopwatch.GetTimestamp();

    /// <summary>
    /// Talks to the Gateway at the client's base address; <paramref name="reportTrouble"/> hears now and then why a request is being repeated. Without a token the Gateway's development issuer is asked for one.
    /// </summary>
    public Gateway(HttpClient http, Action<string> reportTrouble, string? token = null)
    {
        _http = http;
        _reportTrouble = reportTrouble;
        _token = new Lazy<Task<string>>(() => token is null ? FetchTokenAsync() : Task.FromResult(token));
    }

    /// <summary>Puts the products on sale with their opening stock; a repeat changes nothing.</summary>
    public async Task OpenShopAsync(DemoPlan plan, CancellationToken cancellationToken)
    {
        var products = plan.Products.ToDictionary(product => product.Sku);
        var entries = plan.Stock.Select(stock => new { stock.Sku, products[stock.Sku].Description, products[stock.Sku].UnitPrice, stock.Quantity }).ToList();
        using var answer = await SendAsync(HttpMethod.Put, "/catalogue", entries, [], cancellationToken);
        await RefuseAsync(answer, cancellationToken);
    }

    /// <summary>Submits an order and says its id.</summary>
    public async Task<string> SubmitAsync(string key, PlannedOrder order, TimeSpan? approvalWithin, CancellationToken cancellationToken)
    {
        var body = new { CustomerId = order.Customer, Style = RunResult.Name(order.Style), order.PaymentMethod, order.ShipTo, order.Lines };
        List<(string, string)> headers = [("Idempotency-Key", key)];
        if (approvalWithin is { } within)
            headers.Add(("Approval-Within-Seconds", within.TotalSeconds.ToString(CultureInfo.InvariantCulture)));
        using var answer = await SendAsync(HttpMethod.Post, "/orders", body, headers, cancellationToken);
        await RefuseAsync(answer, cancellationToken);
        return (await answer.Content.ReadFromJsonAsync<SubmittedOrder>(s_json, cancellationToken))!.OrderId;
    }

    /// <summary>All orders.</summary>
    public async Task<IReadOnlyList<OrderRow>> ListAsync(CancellationToken cancellationToken)
    {
        var orders = new List<OrderRow>();
        string? after = null;
        do
        {
            var page = await GetAsync<OrderRows>(after is null ? "/orders" : $"/orders?after={Uri.EscapeDataString(after)}", cancellationToken);
            orders.AddRange(page.Orders);
            after = page.Next;
        }
        while (after is not null);
        return orders;
    }

    /// <summary>Approves a large order; too late is no error here.</summary>
    public Task ApproveAsync(string orderId, CancellationToken cancellationToken) => ActAsync($"/orders/{orderId}/approval", null, [], cancellationToken);

    /// <summary>Asks for an order to be undone; too late is no error here.</summary>
    public Task CancelAsync(string orderId, CancellationToken cancellationToken) => ActAsync($"/orders/{orderId}/cancellation", null, [], cancellationToken);

    /// <summary>Sends lines back; no lines means everything that is left.</summary>
    public Task ReturnAsync(string orderId, IReadOnlyList<OrderLine> lines, CancellationToken cancellationToken) =>
        ActAsync($"/orders/{orderId}/returns", new { Lines = lines.Count == 0 ? null : lines }, [("Idempotency-Key", $"{orderId}-return")], cancellationToken);

    /// <summary>Asks whether the books agree.</summary>
    public Task<AuditReport> AuditAsync(CancellationToken cancellationToken) => GetAsync<AuditReport>("/invariants", cancellationToken);

    /// <summary>Asks whether Loyalty agrees with what was paid; null where the platform runs without it.</summary>
    public async Task<PointsReport?> PointsAsync(CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Get, "/points", null, [], cancellationToken);
        await RefuseAsync(answer, cancellationToken);
        return answer.StatusCode == HttpStatusCode.NoContent ? null : await answer.Content.ReadFromJsonAsync<PointsReport>(s_json, cancellationToken);
    }

    /// <summary>What orders cost, by style.</summary>
    public async Task<IReadOnlyDictionary<string, Cost>> CostsAsync(CancellationToken cancellationToken) =>
        (await GetAsync<Dictionary<string, StyleMeasurement>>("/measurements", cancellationToken)).ToDictionary(
            style => style.Key,
            style => new Cost(
                style.Value.MessagesPerOrder,
                style.Value.CallsPerOrder,
                style.Value.Retries / (double)Math.Max(1, style.Value.Orders),
                style.Value.Compensations / (double)Math.Max(1, style.Value.Orders)));

    private static async Task RefuseAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (!answer.IsSuccessStatusCode)
        {
            var body = await answer.Content.ReadAsStringAsync(cancellationToken);
            throw new DemoException($"{answer.RequestMessage!.Method} {answer.RequestMessage.RequestUri!.PathAndQuery} answered {(int)answer.StatusCode}: {body[..Math.Min(body.Length, 500)]}");
        }
    }

    private async Task<T> GetAsync<T>(string path, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Get, path, null, [], cancellationToken);
        await RefuseAsync(answer, cancellationToken);
        return (await answer.Content.ReadFromJsonAsync<T>(s_json, cancellationToken))!;
    }

    private async Task ActAsync(string path, object? body, List<(string, string)> headers, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Post, path, body, [.. headers, ("Authorization", $"Bearer {await _token.Value}")], cancellationToken);
        // 409: the order has moved on meanwhile, as orders do.
        if (answer.StatusCode != HttpStatusCode.Conflict)
            await RefuseAsync(answer, cancellationToken);
    }

    private async Task<string> FetchTokenAsync()
    {
        using var answer = await SendAsync(HttpMethod.Post, "/development/tokens", new { Name = "demo" }, [], CancellationToken.None);
        if (answer.StatusCode == HttpStatusCode.NotFound)
            throw new DemoException($"the Gateway at {_http.BaseAddress} issues no tokens itself: put one of its issuer into the variable {DeployedRun.TokenVariable}");
        await RefuseAsync(answer, CancellationToken.None);
        return (await answer.Content.ReadFromJsonAsync<TokenAnswer>(s_json))!.AccessToken;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body, List<(string Name, string Value)> headers, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            using var request = new HttpRequestMessage(method, path);
            if (body is not null)
                request.Content = JsonContent.Create(body, new MediaTypeHeaderValue("application/json"), s_json);
            foreach (var (name, value) in headers)
                request.Headers.TryAddWithoutValidation(name, value);
            try
            {
                var answer = await _http.SendAsync(request, cancellationToken);
                if ((int)answer.StatusCode < 500 || tries == MostTries)
                    return answer;
                Report($"{method} {path} answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
                answer.Dispose();
            }
            catch (Exception error) when (error is HttpRequestException or TaskCanceledException && tries < MostTries && !cancellationToken.IsCancellationRequested)
            {
                // Not answered; the next try says whether it was done.
                Report($"{method} {path}: {error.Message}");
            }

            await Task.Delay(s_pause, cancellationToken);
        }
    }

    private void Report(string trouble)
    {
        var last = Interlocked.Read(ref _lastReport);
        if (Stopwatch.GetElapsedTime(last) > s_reportEvery && Interlocked.CompareExchange(ref _lastReport, Stopwatch.GetTimestamp(), last) == last)
            _reportTrouble("trying again: " + (trouble.Length > 300 ? trouble[..300] + "..." : trouble));
    }

    private sealed record OrderRows(IReadOnlyList<OrderRow> Orders, string? Next);

    private sealed record SubmittedOrder(string OrderId);

    private sealed record TokenAnswer(string AccessToken);

    private sealed record StyleMeasurement(int Orders, double MessagesPerOrder, double CallsPerOrder, int Retries, int Compensations);
}

/// <summary>What the demo needs of an order in the list.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="State">Where it stands.</param>
/// <param name="SubmittedAt">When it came in.</param>
/// <param name="EndedAt">When it ended, returns aside.</param>
/// <param name="InBetween">Whether something is still under way.</param>
public sealed record OrderRow(string OrderId, OrderState State, DateTimeOffset SubmittedAt, DateTimeOffset? EndedAt, bool InBetween);

/// <summary>What <c>GET /invariants</c> says.</summary>
public sealed record AuditReport(bool Stock, bool Money, bool Shipments, int Stuck, int Orders, IReadOnlyList<string> Details);

/// <summary>What <c>GET /points</c> says.</summary>
public sealed record PointsReport(bool Agree, IReadOnlyDictionary<string, StylePoints> Styles, IReadOnlyList<string> Details);

/// <summary>Points of one style's orders: earned by completed ones, taken back with what came back.</summary>
public sealed record StylePoints(int Earned, int TakenBack);
