using System.Text.Json;
using Dapr;
using Notifications.Contracts;
using ServiceDefaults.Outbox;

namespace Notifications.Topics;

/// <summary>The dead-letter topics of all services. Whatever arrives is kept: there is no wrong content here.</summary>
public static class DeadLetterTopics
{
    private static readonly string[] _services = ["catalog", "ordering", "inventory", "payments", "shipping", "order-saga", "notifications", "loyalty"];

    public static void MapDeadLetterTopics(this IEndpointRouteBuilder routes)
    {
        foreach (var service in _services)
        {
            var topic = $"{service}-dead-letters";
            routes.MapPost($"/dead-letters/{service}", (HttpRequest request, DeadLetters letters, TimeProvider clock, CancellationToken cancellationToken) =>
                    KeepAsync(service, request, letters, clock, cancellationToken))
                .WithTopic(new TopicOptions { PubsubName = OutboxPublisher.PubSub, Name = topic, DeadLetterTopic = "unkept-dead-letters" })
                .ExcludeFromDescription();
        }
    }

    private static async Task<IResult> KeepAsync(string service, HttpRequest request, DeadLetters letters, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(request.Body);
        var content = await reader.ReadToEndAsync(cancellationToken);
        var (id, topic, type, source) = Read(content);
        await letters.KeepAsync(new DeadLetter(service, id, topic, type, source, clock.GetUtcNow(), content.Length > 2000 ? content[..2000] : content), cancellationToken);
        return TypedResults.Ok();
    }

    private static (string? Id, string? Topic, string? Type, string? Source) Read(string content)
    {
        try
        {
            using var document = JsonDocument.Parse(content);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? (Text(document, "id"), Text(document, "topic"), Text(document, "type"), Text(document, "source"))
                : default;
        }
        catch (JsonException)
        {
            // Not even JSON: the content itself says all there is to say.
            return default;
        }
    }

    private static string? Text(JsonDocument document, string name) =>
        document.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
