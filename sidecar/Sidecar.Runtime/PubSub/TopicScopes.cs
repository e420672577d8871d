using Sidecar.Runtime.Resources;

namespace Sidecar.Runtime.PubSub;

/// <summary>Which topics of one component this app may publish to and subscribe to.</summary>
internal sealed class TopicScopes
{
    private readonly HashSet<string> _allowed;
    private readonly HashSet<string> _protected;
    private readonly HashSet<string>? _publish;
    private readonly HashSet<string>? _subscribe;

    public TopicScopes(Component component, string appId)
    {
        _allowed = List(component, "allowedTopics");
        _protected = List(component, "protectedTopics");
        _publish = Scope(component, "publishingScopes", appId);
        _subscribe = Scope(component, "subscriptionScopes", appId);
    }

    public bool MayPublish(string topic) => IsAllowed(topic, _publish);

    public bool MaySubscribe(string topic) => IsAllowed(topic, _subscribe);

    private bool IsAllowed(string topic, HashSet<string>? scope) =>
        (_allowed.Count == 0 || _allowed.Contains(topic)) && (scope is null ? !_protected.Contains(topic) : scope.Contains(topic));

    private static HashSet<string> List(Component component, string key) =>
        component.Metadata.TryGetValue(key, out var text)
            ? [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)]
            : [];

    /// <summary>The topics named for the app in <c>app1=a,b;app2=</c>; null when the app is not named.</summary>
    private static HashSet<string>? Scope(Component component, string key, string appId)
    {
        if (!component.Metadata.TryGetValue(key, out var text))
            return null;
        foreach (var part in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && part.AsSpan(0, equals).Trim().SequenceEqual(appId))
                return [.. part[(equals + 1)..].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
        }

        return null;
    }
}
