using System.Globalization;

namespace Sidecar.Runtime.Workflows;

/// <summary>
/// Keys of one app's workflows in its actor state store, in the layout of Dapr's workflow actors:
/// <c>appid||dapr.internal.namespace.appid.workflow||instance||history-000000</c>, <c>inbox-000000</c>, <c>metadata</c>, <c>customStatus</c>, and our own <c>receivedHistory</c>.
/// A second actor type ending in <c>.active</c> lists the instances that have not ended, so that a start reads only those.
/// </summary>
internal sealed class WorkflowKeys(string appId, string @namespace)
{
    public const string Metadata = "metadata";
    public const string CustomStatus = "customStatus";
    private const string Received = "receivedHistory";
    private const string Separator = "||";
    private const string HistoryName = "history-";
    public const string InboxName = "inbox-";

    /// <summary>Actor type of the app's workflows.</summary>
    public string ActorType { get; } = $"dapr.internal.{@namespace}.{appId}.workflow";

    /// <summary>Prefix of every key of every instance.</summary>
    public string AllPrefix { get; } = $"{appId}||dapr.internal.{@namespace}.{appId}.workflow||";

    /// <summary>Prefix of the list of instances that have not ended.</summary>
    public string ActivePrefix { get; } = $"{appId}||dapr.internal.{@namespace}.{appId}.workflow.active||";

    public string InstancePrefix(string instanceId) => AllPrefix + instanceId + Separator;

    public string MetadataOf(string instanceId) => InstancePrefix(instanceId) + Metadata;

    public string CustomStatusOf(string instanceId) => InstancePrefix(instanceId) + CustomStatus;

    public string ReceivedOf(string instanceId) => InstancePrefix(instanceId) + Received;

    public string HistoryOf(string instanceId, int chunk) => InstancePrefix(instanceId) + HistoryName + chunk.ToString("D6", CultureInfo.InvariantCulture);

    public string InboxOf(string instanceId, int index) => InstancePrefix(instanceId) + InboxName + index.ToString("D6", CultureInfo.InvariantCulture);

    public string ActiveOf(string instanceId) => ActivePrefix + instanceId;

    /// <summary>True when what follows the instance prefix is a part of that instance, not of another whose id continues it.</summary>
    public static bool IsPart(ReadOnlySpan<char> part) =>
        part is Metadata or CustomStatus or Received || TryIndex(part, HistoryName, out _) || TryInboxIndex(part, out _);

    public static bool TryInboxIndex(ReadOnlySpan<char> part, out int index) => TryIndex(part, InboxName, out index);

    /// <summary>True for the key of an inbox entry of any instance.</summary>
    public bool TryInboxKey(string key, out string instanceId, out int index)
    {
        var part = key.LastIndexOf(Separator, StringComparison.Ordinal) + Separator.Length;
        index = 0;
        instanceId = "";
        if (!key.StartsWith(AllPrefix, StringComparison.Ordinal) || part <= AllPrefix.Length || !TryInboxIndex(key.AsSpan(part), out index))
        {
            return false;
        }

        instanceId = key[AllPrefix.Length..(part - Separator.Length)];
        return true;
    }

    /// <summary>The instance whose metadata key this is, or null for any other key.</summary>
    public string? InstanceOfMetadataKey(string key) =>
        key.StartsWith(AllPrefix, StringComparison.Ordinal) && key.EndsWith(Separator + Metadata, StringComparison.Ordinal)
            ? key[AllPrefix.Length..^(Separator.Length + Metadata.Length)]
            : null;

    private static bool TryIndex(ReadOnlySpan<char> part, string name, out int index)
    {
        index = 0;
        return part.StartsWith(name, StringComparison.Ordinal)
            && int.TryParse(part[name.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out index);
    }
}
