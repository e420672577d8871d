using System.Text.Json;
using Dapr;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServiceDefaults.Outbox;

namespace ServiceDefaults.Events;

/// <summary>
/// Subscribes a service to topics. The failure policy is the same everywhere: a message that can never be right answers DROP and is dead-lettered at once; a message that came too early, or
/// whose handler needs something that is down, answers RETRY, and Resiliency (components/common/resiliency.yaml) outlasts the outage.
/// </summary>
public static partial class EventEndpoints
{
    /// <summary>Receives the events of a topic at <c>/events/{topic}</c>.</summary>
    public static EventSubscription SubscribeTo(this IEndpointRouteBuilder routes, string topic, IReadOnlyDictionary<string, Type> types)
    {
        var subscription = new EventSubscription(types);
        var service = routes.ServiceProvider.GetRequiredService<ServiceIdentity>();
        routes.MapPost($"/events/{topic}", (HttpContext context, ILogger<EventSubscription> logger) => ReceiveAsync(context, topic, subscription, logger))
            .WithTopic(new TopicOptions { PubsubName = OutboxPublisher.PubSub, Name = topic, DeadLetterTopic = service.DeadLetterTopic })
            .ExcludeFromDescription();
        return subscription;
    }

    private static async Task<JsonHttpResult<Dictionary<string, string>>> ReceiveAsync(HttpContext context, string topic, EventSubscription subscription, ILogger logger)
    {
        string? id = null;
        try
        {
            var envelope = await ReadAsync(context.Request);
            id = envelope.Id;
            if (subscription.Find(envelope) is { } handle)
            {
                await handle(context.RequestServices, context.RequestAborted);
            }

            return Answer("SUCCESS");
        }
        catch (Exception exception) when (exception is JsonException or ImpossibleRequestException or ConflictException)
        {
            LogDropped(logger, topic, id, exception.Message);
            return Answer("DROP");
        }
        catch (Exception exception) when (exception is MissingDependencyException or UnknownException or DaprException or HttpRequestException or TaskCanceledException)
        {
            LogRetry(logger, topic, id, exception.Cause());
            return Answer("RETRY");
        }
    }

    private static async Task<EventEnvelope> ReadAsync(HttpRequest request)
    {
        using var document = await JsonDocument.ParseAsync(request.Body, cancellationToken: request.HttpContext.RequestAborted);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("data", out var data))
        {
            throw new JsonException("the message is not a CloudEvent with JSON data");
        }

        return new EventEnvelope(Text(root, "id"), Text(root, "type"), data.Clone());
    }

    private static string Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text
            ? text
            : throw new JsonException($"the message has no '{name}'");

    private static JsonHttpResult<Dictionary<string, string>> Answer(string status) => TypedResults.Json(new Dictionary<string, string> { ["status"] = status });

    [LoggerMessage(Level = LogLevel.Error, Message = "Dropped message {Id} of topic {Topic}: {Reason}")]
    private static partial void LogDropped(ILogger logger, string topic, string? id, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Message {Id} of topic {Topic} has to come again: {Reason}")]
    private static partial void LogRetry(ILogger logger, string topic, string? id, string reason);
}
