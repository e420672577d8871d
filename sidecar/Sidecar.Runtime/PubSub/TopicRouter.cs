using System.Text.Json;
using Sidecar.Runtime.Cel;
using Sidecar.Runtime.Resources;

namespace Sidecar.Runtime.PubSub;

/// <summary>Chooses the route of an event: the first rule that holds.</summary>
internal sealed class TopicRouter
{
    private readonly (CelExpression? Match, string Path)[] _rules;
    private readonly bool _hasConditions;

    /// <exception cref="FormatException">A rule cannot be read.</exception>
    public TopicRouter(IReadOnlyList<SubscriptionRule> rules)
    {
        _rules = [.. rules.Select(rule => (string.IsNullOrWhiteSpace(rule.Match) ? null : CelExpression.Parse(rule.Match.Trim()), rule.Path))];
        _hasConditions = Array.Exists(_rules, rule => rule.Match is not null);
    }

    /// <summary>The route, or null when no rule holds.</summary>
    /// <exception cref="CelException">A rule has no value for this event: it names an attribute the event lacks, say.</exception>
    public string? Find(ReadOnlyMemory<byte> cloudEvent)
    {
        if (!_hasConditions)
            return _rules.Length > 0 ? _rules[0].Path : null;

        using var document = JsonDocument.Parse(cloudEvent);
        var variables = new EventVariable(document.RootElement);
        foreach (var (match, path) in _rules)
        {
            if (match is null || match.IsTrue(variables))
                return path;
        }

        return null;
    }

    private sealed class EventVariable(JsonElement cloudEvent) : ICelVariables
    {
        public bool TryGet(string name, out CelValue value)
        {
            value = name == "event" ? CelValue.From(cloudEvent) : default;
            return name == "event";
        }
    }
}
