using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sidecar.Runtime.Errors;
using Sidecar.Runtime.Hosting;

namespace Sidecar.Runtime.Configurations;

/// <summary>The configuration API over HTTP. Changes go to the app as <c>POST /configuration/{store}/{key}</c>, one for each key.</summary>
public static class ConfigurationHttpApi
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

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
            await WriteAsync(http, items.ToDictionary(item => item.Key, item => Json(item.Value)));
    }

    private static async Task SubscribeAsync(HttpContext http)
    {
        var block = http.GetBlock<ConfigurationBlock>();
        var app = block.Context.App;
        var store = http.RouteText("store");
        block.Check(store);
        if (!app.IsConfigured)
            throw new DaprApiException("ERR_APP_CHANNEL_NIL", 500, 13, "app channel is not initialized. cannot subscribe to configuration updates");
        var id = await block.SubscribeAsync(store, Keys(http), http.RequestMetadata(), SendAsync, () => { }, http.RequestAborted);
        await WriteAsync(http, new { id });

        async Task SendAsync(string subscription, IReadOnlyDictionary<string, ConfigurationItem> items, CancellationToken token)
        {
            // Each key is told by a call of its own, which says everything that changed.
            var body = new { id = subscription, items = items.ToDictionary(item => item.Key, item => Json(item.Value)) };
            foreach (var key in items.Keys)
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"/configuration/{Uri.EscapeDataString(store)}/{Uri.EscapeDataString(key)}", UriKind.Relative));
                request.Content = JsonContent.Create(body, options: s_json);
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
            await WriteAsync(http, new { ok = true });
            return;
        }

        http.Response.StatusCode = StatusCodes.Status500InternalServerError;
        await WriteAsync(http, new { ok = false, message = $"failed to unsubscribe to configuration request {id}: {problem}" });
    }

    private static string[] Keys(HttpContext http) => [.. http.Request.Query["key"].OfType<string>()];

    /// <summary>What is empty is left out, as Go writes it; metadata stands there even so.</summary>
    private static object Json(ConfigurationItem item) =>
        new { value = item.Value.Length > 0 ? item.Value : null, version = item.Version.Length > 0 ? item.Version : null, metadata = item.Metadata };

    private static Task WriteAsync<T>(HttpContext http, T body) => http.Response.WriteAsJsonAsync(body, s_json, "application/json", http.RequestAborted);
}
