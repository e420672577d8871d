using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Baskets.Contracts;
using Inventory.Contracts;
using Notifications.Contracts;
using Ordering.Contracts;

namespace Platform;

/// <summary>What one test orders: its own products, so that its stock is nobody else's.</summary>
/// <param name="Style">Who drives the order.</param>
/// <param name="Lines">Products and pieces.</param>
public sealed record Cart(CoordinationStyle Style, params IReadOnlyList<OrderLine> Lines)
{
    public string Customer { get; init; } = "C-17850";

    public string PaymentMethod { get; init; } = "card";

    public string Postcode { get; init; } = "AB1 2CD";

    public string Key { get; init; } = Guid.NewGuid().ToString("N");

    public TimeSpan? ApprovalWithin { get; init; }

    /// <summary>The id that the Gateway gives to an order with this key.</summary>
    public string OrderId => $"ord-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Key)))[..32]}";
}

/// <summary>The platform as a customer, a clerk and an auditor see it: the Gateway's API and the partners' own books.</summary>
public sealed class Shop(RunningPlatform platform) : IDisposable
{
    /// <summary>How long an order may take on a loaded machine before a test gives up.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web);

    private readonly HttpClient _http = new();
    private string? _token;

    public HttpClient Http => _http;

    public Uri Gateway(string path) => At("gateway", path);

    /// <summary>Puts a product on sale that only the calling test knows.</summary>
    public async Task<string> ProductAsync(decimal price, int stock)
    {
        var sku = $"T{Guid.NewGuid():N}"[..12];
        using var response = await _http.PutAsJsonAsync(Gateway("/catalogue"), new[] { new { sku, description = "a thing", unitPrice = price, quantity = stock } });
        await AssertStatusAsync(HttpStatusCode.NoContent, response);
        return sku;
    }

    /// <summary>Puts several products on sale at one price, each with the same stock.</summary>
    public async Task OpenAsync(IEnumerable<(string Sku, decimal Price)> products, int stock)
    {
        using var response = await _http.PutAsJsonAsync(Gateway("/catalogue"), products.Select(one => new { one.Sku, description = "a thing", unitPrice = one.Price, quantity = stock }));
        await AssertStatusAsync(HttpStatusCode.NoContent, response);
    }

    public async Task<OrderView> SubmitAsync(Cart cart)
    {
        using var response = await PostOrderAsync(cart);
        Assert.True(response.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.OK, await Describe(response));
        return (await response.Content.ReadFromJsonAsync<OrderView>(_json))!;
    }

    public async Task<HttpResponseMessage> PostOrderAsync(Cart cart)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Gateway("/orders"))
        {
            Content = JsonContent.Create(new
            {
                customerId = cart.Customer,
                style = StyleOf(cart),
                paymentMethod = cart.PaymentMethod,
                shipTo = ShipTo(cart),
                lines = cart.Lines,
            }),
        };
        request.Headers.Add("Idempotency-Key", cart.Key);
        if (cart.ApprovalWithin is { } within)
        {
            request.Headers.Add("Approval-Within-Seconds", $"{within.TotalSeconds:0}");
        }

        return await _http.SendAsync(request);
    }

    /// <summary>Puts the lines into the customer's basket, one by one.</summary>
    public async Task FillBasketAsync(Cart cart)
    {
        foreach (var line in cart.Lines)
        {
            using var response = await _http.PutAsJsonAsync(Gateway($"/baskets/{cart.Customer}/items/{line.Sku}"), new PutItem(line.Quantity));
            Assert.True(response.IsSuccessStatusCode, await Describe(response));
        }
    }

    public async Task<BasketView> BasketAsync(string customer) => (await _http.GetFromJsonAsync<BasketView>(Gateway($"/baskets/{customer}"), _json))!;

    /// <summary>Makes the customer's basket an order, with the cart's key.</summary>
    public async Task<HttpResponseMessage> CheckOutAsync(Cart cart)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Gateway($"/baskets/{cart.Customer}/checkout"))
        {
            Content = JsonContent.Create(new { style = StyleOf(cart), paymentMethod = cart.PaymentMethod, shipTo = ShipTo(cart) }),
        };
        request.Headers.Add("Idempotency-Key", cart.Key);
        return await _http.SendAsync(request);
    }

    public async Task<OrderView> OrderAsync(string orderId) => (await _http.GetFromJsonAsync<OrderView>(Gateway($"/orders/{orderId}"), _json))!;

    /// <summary>Waits until the order is in one of the states, and nothing of it is under way any more.</summary>
    public Task<OrderView> EndsAsync(string orderId, TimeSpan? patience = null) =>
        Eventually.HoldsAsync(() => OrderAsync(orderId), order => !order.InBetween, patience ?? Patience, Describe);

    public Task<OrderView> ReachesAsync(string orderId, OrderState state) =>
        Eventually.HoldsAsync(() => OrderAsync(orderId), order => order.State == state, Patience, Describe);

    /// <summary>Waits until Ordering has heard of something.</summary>
    public Task<OrderView> HearsAsync(string orderId, string what) =>
        Eventually.HoldsAsync(() => OrderAsync(orderId), order => order.Timeline.Any(entry => entry.What == what), Patience, Describe);

    public Task<HttpResponseMessage> ApproveAsync(string orderId) => ClerkPostAsync($"/orders/{orderId}/approval", new { });

    public Task<HttpResponseMessage> CancelAsync(string orderId) => ClerkPostAsync($"/orders/{orderId}/cancellation", new { });

    public async Task ReturnAsync(string orderId, params OrderLine[] lines)
    {
        using var response = await PostReturnAsync(orderId, key: null, lines);
        Assert.True(response.IsSuccessStatusCode, await Describe(response));
    }

    /// <summary>Sends lines back, all of them when none is named; with a key a repeat is the same return.</summary>
    public async Task<HttpResponseMessage> PostReturnAsync(string orderId, string? key, params OrderLine[] lines)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Gateway($"/orders/{orderId}/returns"))
        {
            Content = JsonContent.Create(new { lines = lines.Length == 0 ? null : lines }),
        };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return await _http.SendAsync(request);
    }

    public async Task<StockLevel> StockAsync(string sku) => (await _http.GetFromJsonAsync<StockLevel>(Gateway($"/stock/{sku}"), _json))!;

    /// <summary>What the payment provider's own books say: held, captured, refunded.</summary>
    public async Task<(decimal Held, decimal Captured, decimal Refunded)> MoneyAsync(string orderId)
    {
        var book = await _http.GetFromJsonAsync<JsonElement>(At("payment-provider", $"/books/{orderId}"));
        return (book.GetProperty("held").GetDecimal(), book.GetProperty("captured").GetDecimal(), book.GetProperty("refunded").GetDecimal());
    }

    /// <summary>What the carrier's own books say.</summary>
    public async Task<bool> IsBookedAsync(string orderId) =>
        (await _http.GetFromJsonAsync<JsonElement>(At("carrier", $"/books/{orderId}"))).GetProperty("booked").GetBoolean();

    public async Task<IReadOnlyList<DeadLetter>> DeadLettersAsync() => (await _http.GetFromJsonAsync<List<DeadLetter>>(Gateway("/dead-letters"), _json))!;

    /// <summary>Turns a partner's outage on or off.</summary>
    public async Task OutageAsync(string partner, bool on)
    {
        using var response = on ? await _http.PostAsync(At(partner, "/switches/outage"), null) : await _http.DeleteAsync(At(partner, "/switches/outage"));
        Assert.True(response.IsSuccessStatusCode, await Describe(response));
    }

    /// <summary>Calls a service as the saga's activities do, through Dapr.</summary>
    public async Task InvokeAsync(string appId, string path, object body)
    {
        using var content = JsonContent.Create(body, body.GetType(), options: _json);
        using var response = await SidecarPostAsync("order-saga", $"/v1.0/invoke/{appId}/method{path}", content);
        Assert.True(response.IsSuccessStatusCode, await Describe(response));
    }

    /// <summary>Publishes through Dapr, as any service in any language would.</summary>
    public async Task PublishAsync(string topic, string type, object data, string partitionKey, string? id = null)
    {
        var query = $"metadata.partitionKey={partitionKey}&metadata.cloudevent.type={type}{(id is null ? "" : $"&metadata.cloudevent.id={Uri.EscapeDataString(id)}")}";
        using var content = JsonContent.Create(data, data.GetType(), options: _json);
        await content.LoadIntoBufferAsync();
        using var response = await SidecarPostAsync("gateway", $"/v1.0/publish/pubsub/{topic}?{query}", content);
        await AssertStatusAsync(HttpStatusCode.NoContent, response);
    }

    public void Dispose() => _http.Dispose();

    public static async Task<string> Describe(HttpResponseMessage response) => $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}";

    private static string StyleOf(Cart cart) => cart.Style == CoordinationStyle.Orchestrated ? "orchestrated" : "choreographed";

    private static object ShipTo(Cart cart) => new { name = "A. Customer", street = "1 High Street", city = "Town", postcode = cart.Postcode, country = "United Kingdom" };

    private static string Describe(OrderView order) =>
        $"order {order.OrderId} ({order.Style}) is {order.State}{(order.InBetween ? ", in between" : "")}: {string.Join("; ", order.Timeline.Select(entry => entry.What))}";

    private async Task<HttpResponseMessage> SidecarPostAsync(string appId, string path, HttpContent content)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"http://127.0.0.1:{platform.Instance(appId).HttpPort}{path}")) { Content = content };
        if (platform.ApiToken is { } token)
        {
            request.Headers.Add("dapr-api-token", token);
        }

        return await _http.SendAsync(request);
    }

    private async Task<HttpResponseMessage> ClerkPostAsync(string path, object body)
    {
        _token ??= await TokenAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, Gateway(path)) { Content = JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        return await _http.SendAsync(request);
    }

    private async Task<string> TokenAsync()
    {
        using var response = await _http.PostAsJsonAsync(Gateway("/development/tokens"), new { name = "clerk" });
        Assert.True(response.IsSuccessStatusCode, await Describe(response));
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accessToken").GetString()!;
    }

    private static async Task AssertStatusAsync(HttpStatusCode expected, HttpResponseMessage response) =>
        Assert.True(response.StatusCode == expected, await Describe(response));

    private Uri At(string appId, string path) => new($"http://127.0.0.1:{platform.Instance(appId).AppPort}{path}");
}
