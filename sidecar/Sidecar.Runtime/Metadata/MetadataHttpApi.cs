using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Resources;

namespace Sidecar.Runtime.Metadata;

/// <summary>The metadata API over HTTP.</summary>
public static class MetadataHttpApi
{
    /// <summary>Maps <c>/v1.0/metadata</c>.</summary>
    public static void MapMetadataApi(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1.0/metadata", GetAsync);
        routes.MapPut("/v1.0/metadata/{key}", SetAsync);
    }

    private static async Task SetAsync(HttpContext http)
    {
        http.GetBlock<MetadataBlock>().Set(http.RouteText("key"), Encoding.UTF8.GetString(await http.ReadBodyAsync()));
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task GetAsync(HttpContext http)
    {
        var buffer = new ArrayBufferWriter<byte>(2048);
        using (var json = new Utf8JsonWriter(buffer))
            Write(json, http.GetBlock<MetadataBlock>());
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = buffer.WrittenCount;
        await http.Response.BodyWriter.WriteAsync(buffer.WrittenMemory, http.RequestAborted);
    }

    private static void Write(Utf8JsonWriter json, MetadataBlock block)
    {
        var options = block.Context.Options;
        json.WriteStartObject();
        json.WriteString("id", options.AppId);
        json.WriteString("runtimeVersion", MetadataBlock.RuntimeVersion);
        WriteStrings(json, "enabledFeatures", block.EnabledFeatures);
        WriteActors(json, "actors", block.ActiveActors);
        WriteList(json, "components", block.Components, WriteComponent);
        WriteMap(json, "extended", block.Extended);
        WriteList(json, "subscriptions", block.Subscriptions, WriteSubscription);
        WriteList(json, "httpEndpoints", block.Context.Resources.HttpEndpoints, (json, endpoint) =>
        {
            json.WriteStartObject();
            json.WriteString("name", endpoint.Name);
            json.WriteEndObject();
        });
        WriteAppConnection(json, options);
        json.WriteStartObject("actorRuntime");
        json.WriteString("runtimeStatus", block.AreActorsReady ? "RUNNING" : "INITIALIZING");
        json.WriteBoolean("hostReady", block.AreActorsReady);
        if (block.AreActorsReady)
            json.WriteString("placement", "placement: connected");
        WriteActors(json, "activeActors", block.ActiveActors);
        json.WriteEndObject();
        json.WriteStartObject("workflows");
        if (block.ConnectedWorkers > 0)
            json.WriteNumber("connectedWorkers", block.ConnectedWorkers);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteComponent(Utf8JsonWriter json, ComponentInfo component)
    {
        json.WriteStartObject();
        json.WriteString("name", component.Name);
        json.WriteString("type", component.Type);
        json.WriteString("version", component.Version);
        WriteStrings(json, "capabilities", component.Capabilities);
        json.WriteEndObject();
    }

    private static void WriteActors(Utf8JsonWriter json, string name, IReadOnlyList<(string Type, int Count)> actors) => WriteList(json, name, actors, (json, actor) =>
    {
        json.WriteStartObject();
        json.WriteString("type", actor.Type);
        // A count of none is left out, as in all that Go writes from a message.
        if (actor.Count > 0)
            json.WriteNumber("count", actor.Count);
        json.WriteEndObject();
    });

    /// <summary>A list of none is left out.</summary>
    private static void WriteList<T>(Utf8JsonWriter json, string name, IReadOnlyList<T> items, Action<Utf8JsonWriter, T> write)
    {
        if (items.Count == 0)
            return;
        json.WriteStartArray(name);
        foreach (var item in items)
            write(json, item);
        json.WriteEndArray();
    }

    private static void WriteAppConnection(Utf8JsonWriter json, SidecarOptions options)
    {
        json.WriteStartObject("appConnectionProperties");
        if (options.AppPort > 0)
            json.WriteNumber("port", options.AppPort);
        json.WriteString("protocol", options.AppProtocol);
        json.WriteString("channelAddress", options.AppChannelAddress);
        if (options.AppMaxConcurrency > 0)
            json.WriteNumber("maxConcurrency", options.AppMaxConcurrency);
        if (options.AppHealthCheck is { } health)
        {
            json.WriteStartObject("health");
            if (!options.IsGrpcApp)
                json.WriteString("healthCheckPath", health.Path);
            json.WriteString("healthProbeInterval", MetadataBlock.Seconds(health.Interval));
            json.WriteString("healthProbeTimeout", MetadataBlock.Milliseconds(health.Timeout));
            json.WriteNumber("healthThreshold", health.Threshold);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteSubscription(Utf8JsonWriter json, Subscription subscription)
    {
        json.WriteStartObject();
        json.WriteString("pubsubname", subscription.PubSubName);
        json.WriteString("topic", subscription.Topic);
        WriteMap(json, "metadata", subscription.Metadata);
        WriteList(json, "rules", subscription.Rules, (json, rule) =>
        {
            json.WriteStartObject();
            if (rule.Match.Length > 0)
                json.WriteString("match", rule.Match);
            json.WriteString("path", rule.Path);
            json.WriteEndObject();
        });
        json.WriteString("deadLetterTopic", subscription.DeadLetterTopic);
        json.WriteString("type", subscription.Origin.ToString().ToUpperInvariant());
        json.WriteEndObject();
    }

    private static void WriteStrings(Utf8JsonWriter json, string name, IReadOnlyList<string> values) => WriteList(json, name, values, (json, value) => json.WriteStringValue(value));

    private static void WriteMap(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, string> map)
    {
        if (map.Count == 0)
            return;
        json.WriteStartObject(name);
        foreach (var (key, value) in map)
            json.WriteString(key, value);
        json.WriteEndObject();
    }
}
