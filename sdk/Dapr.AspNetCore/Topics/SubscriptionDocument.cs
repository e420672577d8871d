using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Logging;

namespace Dapr.AspNetCore;

/// <summary>What <c>GET /dapr/subscribe</c> answers: one element for each topic of each pub/sub component.</summary>
internal static partial class SubscriptionDocument
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public static string Write(IEnumerable<Endpoint> endpoints, SubscribeOptions? options, ILogger logger)
    {
        var subscriptions = endpoints.OfType<RouteEndpoint>()
            .SelectMany(Declarations)
            .GroupBy(declaration => (declaration.Topic.PubsubName, declaration.Topic.Name))
            .OrderBy(topic => topic.Key)
            .Select(topic => Merge([.. topic.OrderBy(declaration => declaration.Topic.Priority)], options, logger));
        return JsonSerializer.Serialize(subscriptions, Json);
    }

    private static IEnumerable<Declaration> Declarations(RouteEndpoint endpoint)
    {
        var entries = endpoint.Metadata.GetOrderedMetadata<IOriginalTopicMetadata>();
        var bulk = endpoint.Metadata.GetOrderedMetadata<IBulkSubscribeMetadata>();
        return endpoint.Metadata.GetOrderedMetadata<ITopicMetadata>()
            .Where(topic => topic.Name is not null)
            .Select(topic => new Declaration(
                topic,
                endpoint.RoutePattern,
                [.. entries.Where(entry => Owns(topic, entry))],
                bulk.FirstOrDefault(candidate => candidate.TopicName == topic.Name)));
    }

    private static bool Owns(ITopicMetadata topic, IOriginalTopicMetadata entry) =>
        string.IsNullOrEmpty(entry.Id) || (topic as IOwnedOriginalTopicMetadata)?.OwnedMetadatas?.Contains(entry.Id) == true;

    private static Subscription Merge(List<Declaration> declarations, SubscribeOptions? options, ILogger logger)
    {
        var first = declarations[0];
        var rules = declarations.Where(declaration => !string.IsNullOrEmpty(declaration.Topic.Match)).ToList();
        var defaults = declarations.Where(declaration => string.IsNullOrEmpty(declaration.Topic.Match)).Select(Path).Distinct().ToList();
        Warn(first.Topic, rules, defaults.Count, logger);
        var metadata = MergeMetadata(declarations, options);
        return new Subscription
        {
            Topic = first.Topic.Name,
            PubsubName = first.Topic.PubsubName,
            Route = rules.Count == 0 ? defaults.FirstOrDefault() : null,
            Routes = rules.Count == 0
                ? null
                : new Routes([.. rules.Select(rule => new Rule(rule.Topic.Match, Path(rule)))], defaults.FirstOrDefault()),
            Metadata = metadata.Count == 0 ? null : metadata,
            DeadLetterTopic = (first.Topic as IDeadLetterTopicMetadata)?.DeadLetterTopic,
            BulkSubscribe = first.Bulk is null ? null : new BulkSubscription(true, first.Bulk.MaxMessagesCount, first.Bulk.MaxAwaitDurationMs),
        };
    }

    private static Dictionary<string, string> MergeMetadata(List<Declaration> declarations, SubscribeOptions? options)
    {
        var separator = declarations
            .Select(declaration => (declaration.Topic as IOwnedOriginalTopicMetadata)?.MetadataSeparator)
            .FirstOrDefault(candidate => !string.IsNullOrEmpty(candidate)) ?? ",";
        var metadata = declarations
            .SelectMany(declaration => declaration.Metadata)
            .GroupBy(entry => entry.Name)
            .ToDictionary(entry => entry.Key, entry => string.Join(separator, entry.Select(value => value.Value).Distinct()));
        if (options?.EnableRawPayload == true || declarations.Any(declaration => (declaration.Topic as IRawTopicMetadata)?.EnableRawPayload == true))
            metadata["rawPayload"] = "true";

        return metadata;
    }

    private static string Path(Declaration declaration) =>
        string.Join('/', declaration.Route.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => Literal(part, declaration)))));

    private static string Literal(RoutePatternPart part, Declaration declaration) =>
        part is RoutePatternLiteralPart literal
            ? literal.Content
            : throw new InvalidCastException(string.Create(
                CultureInfo.InvariantCulture,
                $"The route '{declaration.Route.RawText}' is subscribed to topic '{declaration.Topic.Name}' and has a parameter; the sidecar needs a fixed path."));

    private static void Warn(ITopicMetadata topic, List<Declaration> rules, int defaults, ILogger logger)
    {
        if (defaults > 1)
            LogSecondDefault(logger, topic.Name, topic.PubsubName);

        foreach (var same in rules.GroupBy(rule => rule.Topic.Priority).Where(same => same.Count() > 1))
            LogSamePriority(logger, topic.Name, topic.PubsubName, same.Key, same.Count());
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Topic {Topic} of {Pubsub} has more than one default route; the first is used")]
    private static partial void LogSecondDefault(ILogger logger, string topic, string pubsub);

    [LoggerMessage(Level = LogLevel.Error, Message = "Topic {Topic} of {Pubsub} has {Count} rules of priority {Priority}; their order is not defined")]
    private static partial void LogSamePriority(ILogger logger, string topic, string pubsub, int priority, int count);

    private sealed record Declaration(
        ITopicMetadata Topic, RoutePattern Route, IReadOnlyList<IOriginalTopicMetadata> Metadata, IBulkSubscribeMetadata? Bulk);

    private sealed record Subscription
    {
        public required string Topic { get; init; }

        public required string PubsubName { get; init; }

        public string? Route { get; init; }

        public Routes? Routes { get; init; }

        public Dictionary<string, string>? Metadata { get; init; }

        public string? DeadLetterTopic { get; init; }

        public BulkSubscription? BulkSubscribe { get; init; }
    }

    private sealed record Routes(IReadOnlyList<Rule> Rules, string? Default);

    private sealed record Rule(string Match, string Path);

    private sealed record BulkSubscription(bool Enabled, int MaxMessagesCount, int MaxAwaitDurationMs);
}
