using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sidecar.Runtime.Errors;
using Sidecar.Runtime.Hosting;

namespace Sidecar.Runtime.Configurations;

/// <summary>The configuration API over HTTP. Changes go to the app as <c>POST /configuration/{store}/{key}</c>, one for each key.</summary>
public static class ConfigurationHttpApi
{
    /// <summary>Maps <c>/v1.0/configuration</c> and its alpha path.</summary>
    public static void MapConfigurationApi(this IEndpointRouteBuilder routes)
    {
        foreach (var version in (string[])["/v1.0", "/v1.0-alpha1"])
        {
            routes.MapGet($"{version}/configuration/{{store}}", GetAsync);
            routes.MapGet($"{version}/configuration/{{store}}/subscribe", SubscribeAsync);
            routes.MapGet($"{version}/configuration/{{store}}/{{id}}/unsubscribe", UnsubscribeAsync);
        }
    }

    private static async Task GetAsync(HttpContext http)
    {
        var items = await http.GetBlock<ConfigurationBlock>().GetAsync(http.RouteText("store"), Keys(http), http.RequestMetadata(), http.RequestAborted);
        if (items.Count == 0)
            http.Response.StatusCode = StatusCodes.Status204NoContent;
        else
            await http.Response.WriteAsJsonAsync(items.ToDictionary(item => item.Key, item => Json(item.Value)), http.RequestAborted);
    }

    private static async Task SubscribeAsync(HttpContext http)
    {
        var block = http.GetBlock<ConfigurationBlock>();
        var app = block.Context.App;
        var store = http.RouteText("store");
        if (!app.IsConfigured)
            throw new DaprApiException("ERR_APP_CHANNEL_NIL", 500, 13, "app channel is not initialized");
        var id = await block.SubscribeAsync(store, Keys(http), http.RequestMetadata(), SendAsync, () => { }, http.RequestAborted);
        await http.Response.WriteAsJsonAsync(new { id }, http.RequestAborted);

        async Task SendAsync(string subscription, IReadOnlyDictionary<string, ConfigurationItem> items, CancellationToken token)
        {
            foreach (var (key, item) in items)
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"/configuration/{Uri.EscapeDataString(store)}/{Uri.EscapeDataString(key)}", UriKind.Relative));
                request.Content = JsonContent.Create(new { id = subscription, items = new Dictionary<string, object> { [key] = Json(item) } });
                using var answer = await app.SendAsync(request, HttpCompletionOption.ResponseContentRead, token);
                answer.EnsureSuccessStatusCode();
            }
        }
    }

    private static async Task UnsubscribeAsync(HttpContext http)
    {
        var id = http.RouteText("id");
        if (await http.GetBlock<ConfigurationBlock>().UnsubscribeAsync(http.RouteText("store"), id) is not { } problem)
        {
            await http.Response.WriteAsJsonAsync(new { ok = true }, http.RequestAborted);
            return;
        }

        http.Response.StatusCode = StatusCodes.Status500InternalServerError;
        await http.Response.WriteAsJsonAsync(new { ok = false, message = $"failed to unsubscribe to configuration request {id}: {problem}" }, http.RequestAborted);
    }

    private static string[] Keys(HttpContext http) => [.. http.Request.Query["key"].OfType<string>()];

    private static object Json(ConfigurationItem item) => new { value = item.Value, version = item.Version, metadata = item.Metadata };
}
