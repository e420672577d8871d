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
        json.WriteStartArray("components");
        foreach (var component in block.Components)
        {
            json.WriteStartObject();
            json.WriteString("name", component.Name);
            json.WriteString("type", component.Type);
            json.WriteString("version", component.Version);
            WriteStrings(json, "capabilities", component.Capabilities);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteMap(json, "extended", block.Extended);
        json.WriteStartArray("subscriptions");
        foreach (var subscription in block.Subscriptions)
            WriteSubscription(json, subscription);
        json.WriteEndArray();
        json.WriteStartArray("httpEndpoints");
        foreach (var endpoint in block.Context.Resources.HttpEndpoints)
        {
            json.WriteStartObject();
            json.WriteString("name", endpoint.Name);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteAppConnection(json, options);
        json.WriteStartObject("actorRuntime");
        json.WriteString("runtimeStatus", block.AreActorsReady ? "RUNNING" : "INITIALIZING");
        json.WriteBoolean("hostReady", block.AreActorsReady);
        json.WriteString("placement", block.AreActorsReady ? "placement: connected" : "");
        WriteActors(json, "activeActors", block.ActiveActors);
        json.WriteEndObject();
        json.WriteStartObject("workflows");
        json.WriteNumber("connectedWorkers", block.ConnectedWorkers);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteActors(Utf8JsonWriter json, string name, IReadOnlyList<(string Type, int Count)> actors)
    {
        json.WriteStartArray(name);
        foreach (var (type, count) in actors)
        {
            json.WriteStartObject();
            json.WriteString("type", type);
            json.WriteNumber("count", count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteAppConnection(Utf8JsonWriter json, Hosting.SidecarOptions options)
    {
        json.WriteStartObject("appConnectionProperties");
        if (options.AppPort > 0)
        {
            json.WriteNumber("port", options.AppPort);
            json.WriteString("protocol", options.AppProtocol);
            json.WriteString("channelAddress", options.AppChannelAddress);
            if (options.AppMaxConcurrency > 0)
                json.WriteNumber("maxConcurrency", options.AppMaxConcurrency);
            if (options.AppHealthCheck is { } health)
            {
                json.WriteStartObject("health");
                json.WriteString("healthCheckPath", health.Path);
                json.WriteString("healthProbeInterval", MetadataBlock.Seconds(health.Interval));
                json.WriteString("healthProbeTimeout", MetadataBlock.Milliseconds(health.Timeout));
                json.WriteNumber("healthThreshold", health.Threshold);
                json.WriteEndObject();
            }
        }

        json.WriteEndObject();
    }

    private static void WriteSubscription(Utf8JsonWriter json, Subscription subscription)
    {
        json.WriteStartObject();
        json.WriteString("pubsubname", subscription.PubSubName);
        json.WriteString("topic", subscription.Topic);
        json.WriteStartArray("rules");
        foreach (var rule in subscription.Rules)
        {
            json.WriteStartObject();
            if (rule.Match.Length > 0)
                json.WriteString("match", rule.Match);
            json.WriteString("path", rule.Path);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteMap(json, "metadata", subscription.Metadata);
        json.WriteString("deadLetterTopic", subscription.DeadLetterTopic);
        json.WriteString("type", subscription.Origin.ToString().ToUpperInvariant());
        json.WriteEndObject();
    }

    private static void WriteStrings(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }

    private static void WriteMap(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, string> map)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in map)
            json.WriteString(key, value);
        json.WriteEndObject();
    }
}
