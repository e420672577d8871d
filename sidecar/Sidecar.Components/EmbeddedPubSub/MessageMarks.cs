using System.Globalization;
using Sidecar.Runtime.PubSub;

namespace Sidecar.Components.EmbeddedPubSub;

/// <summary>What the broker itself notes on a message, among its metadata: that it is a dead letter, or that it is one replayed.</summary>
/// <param name="Origin">Where a dead letter comes from.</param>
/// <param name="OnlyFor">The one group of the topic that gets it; null for all.</param>
/// <param name="ReplayOf">The dead letter it settles: replay and settlement are one write.</param>
internal sealed record MessageMarks(DeadLetterOrigin? Origin, string? OnlyFor, LetterId? ReplayOf)
{
    private const string OriginTopic = "deadletter-topic";
    private const string OriginGroup = "deadletter-group";
    private const string OriginReason = "deadletter-reason";
    private const string ReplayGroup = "replay-group";
    private const string ReplayOfLetter = "replay-of";
    private static readonly string[] s_all = [OriginTopic, OriginGroup, OriginReason, ReplayGroup, ReplayOfLetter];

    /// <summary>True for a name that only a marked message has.</summary>
    public static bool IsMark(ReadOnlySpan<byte> name) => name.SequenceEqual("deadletter-topic"u8) || name.SequenceEqual("replay-of"u8);

    /// <summary>The marks among metadata, or null.</summary>
    public static MessageMarks? Of(IReadOnlyDictionary<string, string> metadata)
    {
        if (metadata.Count == 0)
            return null;
        var origin = metadata.TryGetValue(OriginTopic, out var topic)
            ? new DeadLetterOrigin(topic, metadata.GetValueOrDefault(OriginGroup) ?? "", metadata.GetValueOrDefault(OriginReason) ?? "")
            : null;
        var replayOf = metadata.TryGetValue(ReplayOfLetter, out var letter) && LetterId.TryParse(letter, out var id) ? id : null;
        return origin is null && replayOf is null ? null : new MessageMarks(origin, metadata.GetValueOrDefault(ReplayGroup), replayOf);
    }

    /// <summary>Metadata with the mark of a dead letter, where the message is one.</summary>
    public static IReadOnlyDictionary<string, string> Mark(PubSubMessage message)
    {
        if (message.Origin is not { } origin)
            return message.Metadata;
        return new Dictionary<string, string>(Unmark(message.Metadata), StringComparer.OrdinalIgnoreCase)
        {
            [OriginTopic] = origin.Topic,
            [OriginGroup] = origin.Group,
            [OriginReason] = origin.Reason.Length > 1000 ? origin.Reason[..1000] : origin.Reason,
        };
    }

    /// <summary>The message that replays a dead letter: as it was at first, for the group that could not take it.</summary>
    public static PubSubMessage Replay(PubSubMessage letter, DeadLetterOrigin origin, LetterId id) => letter with
    {
        Topic = origin.Topic,
        Metadata = new Dictionary<string, string>(Unmark(letter.Metadata), StringComparer.OrdinalIgnoreCase)
        {
            [ReplayGroup] = origin.Group,
            [ReplayOfLetter] = id.ToString(),
        },
    };

    /// <summary>True when this group is to get the message.</summary>
    public static bool IsFor(MessageMarks? marks, string group) => marks?.OnlyFor is null || marks.OnlyFor == group;

    private static Dictionary<string, string> Unmark(IReadOnlyDictionary<string, string> metadata) =>
        metadata.Where(entry => !s_all.Contains(entry.Key, StringComparer.OrdinalIgnoreCase)).ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.OrdinalIgnoreCase);
}

/// <summary>Names a dead letter: <c>topic/number</c> on a dead-letter topic, <c>topic/number@group</c> where the broker itself gave up for one group.</summary>
public sealed record LetterId(string Topic, long Sequence, string? Group = null)
{
    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static bool TryParse(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out LetterId? id)
    {
        id = null;
        var slash = text.LastIndexOf('/');
        if (slash <= 0)
            return false;
        var at = text.IndexOf('@', slash);
        var number = at < 0 ? text.AsSpan(slash + 1) : text.AsSpan(slash + 1, at - slash - 1);
        if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence))
            return false;
        id = new LetterId(text[..slash], sequence, at < 0 ? null : text[(at + 1)..]);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Topic}/{Sequence}{(Group is null ? "" : "@" + Group)}");
}
