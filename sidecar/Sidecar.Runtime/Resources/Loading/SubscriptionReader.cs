namespace Sidecar.Runtime.Resources.Loading;

/// <summary>Reads Subscription resources of both versions.</summary>
internal static class SubscriptionReader
{
    public static Subscription Read(Manifest manifest)
    {
        manifest.RequireName();
        var spec = manifest.Spec;
        return new Subscription
        {
            Name = manifest.Name,
            PubSubName = spec.RequiredText("pubsubname", "the name of the pub/sub component"),
            Topic = spec.RequiredText("topic", "the topic to subscribe to"),
            Rules = manifest.ApiVersion switch
            {
                "dapr.io/v1alpha1" => [new SubscriptionRule("", spec.RequiredText("route", "the app's path that takes the events"))],
                "dapr.io/v2alpha1" => Routes(spec),
                _ => throw (manifest.Root.Find("apiVersion") ?? manifest.Root).Error(
                    $"Subscription '{manifest.Name}' has apiVersion '{manifest.ApiVersion}'; it must be dapr.io/v1alpha1 or dapr.io/v2alpha1"),
            },
            DeadLetterTopic = spec.Text("deadLetterTopic") ?? "",
            Metadata = spec.TextMap("metadata", StringComparer.OrdinalIgnoreCase),
            Bulk = Bulk(spec.Map("bulkSubscribe")),
            Scopes = manifest.Scopes,
            Declaration = manifest.Text,
            Location = manifest.Root.Location,
        };
    }

    private static List<SubscriptionRule> Routes(YamlMap spec)
    {
        var routes = spec.Map("routes") ?? throw spec.Missing("routes", "rules, a default path, or both");
        var rules = routes.List("rules").Select(item => item.AsMap())
            .Select(rule => new SubscriptionRule(rule.Text("match") ?? "", rule.RequiredText("path", "the app's path that takes the events")))
            .ToList();
        if (routes.Text("default") is { Length: > 0 } path)
            rules.Add(new SubscriptionRule("", path));
        return rules.Count > 0 ? rules : throw routes.Error("needs rules, a default path, or both");
    }

    private static BulkSubscribe? Bulk(YamlMap? bulk) => bulk is null || !bulk.Flag("enabled")
        ? null
        : new BulkSubscribe(
            bulk.Number("maxMessagesCount", 0, min: 0) is > 0 and var count ? count : 100,
            TimeSpan.FromMilliseconds(bulk.Number("maxAwaitDurationMs", 0, min: 0) is > 0 and var wait ? wait : 1000));
}
