using System.Text;
using System.Text.Json;
using Dapr.Protocol.Workflow;
using Google.Protobuf;

namespace Sidecar.Runtime.Workflows;

/// <summary>A value as it was read: null bytes where there is none, a problem where the store cannot make sense of what it holds.</summary>
internal sealed record StoredValue(ReadOnlyMemory<byte>? Bytes, string? Problem);

/// <content>
/// Reading instances. Several are read with two calls, and one more for each to list its inbox where the store has an index; a damaged one does not keep the others from being read.
/// </content>
internal sealed partial class WorkflowStore
{
    /// <summary>Inbox keys of all instances by one walk over everything, for a store that can list in no other way; null when each instance's can be listed by itself.</summary>
    public async Task<ILookup<string, (int Index, string Key)>?> ListInboxesAsync(CancellationToken cancellationToken)
    {
        if (!Current.ListingReadsAll)
        {
            return null;
        }

        List<(string Id, int Index, string Key)> found = [];
        await foreach (var key in ListAsync(Keys.AllPrefix, cancellationToken))
        {
            if (Keys.TryInboxKey(key, out var id, out var index))
            {
                found.Add((id, index, key));
            }
        }

        return found.ToLookup(entry => entry.Id, entry => (entry.Index, entry.Key), StringComparer.Ordinal);
    }

    /// <summary>Reads one instance.</summary>
    public async Task<StoredInstance> LoadAsync(string instanceId, CancellationToken cancellationToken) => (await LoadManyAsync([instanceId], null, cancellationToken))[0];

    /// <summary>Reads instances; answers in the order asked.</summary>
    /// <param name="instanceIds">Which.</param>
    /// <param name="inboxes">All inbox keys, or null to list those of each instance.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<StoredInstance>> LoadManyAsync(
        IReadOnlyList<string> instanceIds, ILookup<string, (int Index, string Key)>? inboxes, CancellationToken cancellationToken)
    {
        var metadata = await ReadManyAsync([.. instanceIds.Select(Keys.MetadataOf)], cancellationToken);
        var readings = new Reading?[instanceIds.Count];
        var answers = new StoredInstance[instanceIds.Count];
        List<string> keys = [];
        for (var i = 0; i < readings.Length; i++)
        {
            var id = instanceIds[i];
            try
            {
                if (ReadMetadata(id, metadata[i]) is not { } sound)
                {
                    answers[i] = new StoredInstance(id, null, null);
                    continue;
                }

                var inbox = inboxes is null ? await ListInboxAsync(id, cancellationToken) : [.. inboxes[id]];
                readings[i] = new Reading(id, sound, inbox, keys.Count);
                keys.AddRange(Enumerable.Range(sound.FirstChunk, sound.NextChunk - sound.FirstChunk).Select(chunk => Keys.HistoryOf(id, chunk)));
                keys.AddRange(inbox.Select(entry => entry.Key));
                keys.Add(Keys.CustomStatusOf(id));
                if (sound.HasReceived)
                    keys.Add(Keys.ReceivedOf(id));
            }
            catch (CorruptWorkflowException damage)
            {
                answers[i] = new StoredInstance(id, null, damage);
            }
        }

        var values = await ReadManyAsync(keys, cancellationToken);
        for (var i = 0; i < readings.Length; i++)
        {
            answers[i] = readings[i] is { } reading ? Assemble(reading, keys, values) : answers[i];
        }

        return answers;
    }

    private StoredInstance Assemble(Reading reading, List<string> keys, List<StoredValue> values)
    {
        try
        {
            return new StoredInstance(reading.Id, AssembleOrThrow(reading, keys, values), null);
        }
        catch (CorruptWorkflowException damage)
        {
            return new StoredInstance(reading.Id, null, damage);
        }
    }

    private StoredWorkflow AssembleOrThrow(Reading reading, List<string> keys, List<StoredValue> values)
    {
        var (id, metadata, inboxKeys, at) = reading;
        List<HistoryEvent> history = [];
        for (var chunk = metadata.FirstChunk; chunk < metadata.NextChunk; chunk++, at++)
        {
            var bytes = Sound(id, keys[at], values[at]) ?? throw new CorruptWorkflowException(id, keys[at], "is missing");
            history.AddRange(Parse(id, keys[at], bytes, static value => GetInstanceHistoryResponse.Parser.ParseFrom(value.Span).Events));
            if (history.Exists(static e => e.EventTypeCase == HistoryEvent.EventTypeOneofCase.None))
            {
                throw new CorruptWorkflowException(id, keys[at], "holds an event of no kind that is known");
            }
        }

        if (history.Count != metadata.Events)
        {
            throw new CorruptWorkflowException(id, Keys.MetadataOf(id), $"speaks of {metadata.Events} events, the history holds {history.Count}");
        }

        List<StoredInboxEvent> inbox = [];
        foreach (var (index, key) in inboxKeys.OrderBy(static entry => entry.Index))
        {
            var value = at + inboxKeys.IndexOf((index, key));
            if (Sound(id, key, values[value]) is { } bytes)
            {
                inbox.Add(new StoredInboxEvent(index, Parse(id, key, bytes, static value => HistoryEvent.Parser.ParseFrom(value.Span))));
            }
        }

        if (!history.Exists(IsStart) && !inbox.Exists(static entry => IsStart(entry.Event)))
        {
            throw new CorruptWorkflowException(id, Keys.MetadataOf(id), "belongs to no start: neither the history nor the inbox says which workflow this is");
        }

        var status = Sound(id, Keys.CustomStatusOf(id), values[at + inboxKeys.Count]);
        return new StoredWorkflow(metadata, history, inbox, status is { } text ? Encoding.UTF8.GetString(text.Span) : null)
        {
            Received = metadata.HasReceived ? ReceivedOf(id, values[at + inboxKeys.Count + 1]) : null,
        };
    }

    private PropagatedHistory ReceivedOf(string id, StoredValue value)
    {
        var key = Keys.ReceivedOf(id);
        var bytes = Sound(id, key, value) ?? throw new CorruptWorkflowException(id, key, "is missing");
        return Parse(id, key, bytes, static value => PropagatedHistory.Parser.ParseFrom(value.Span));
    }

    private WorkflowMetadata? ReadMetadata(string instanceId, StoredValue value)
    {
        var key = Keys.MetadataOf(instanceId);
        if (Sound(instanceId, key, value) is not { } bytes)
        {
            return null;
        }

        var metadata = Parse(instanceId, key, bytes, static value => WorkflowMetadata.Parse(value.Span));
        return metadata.IsPossible ? metadata : throw new CorruptWorkflowException(instanceId, key, $"cannot be right ({metadata})");
    }

    private async Task<List<(int Index, string Key)>> ListInboxAsync(string instanceId, CancellationToken cancellationToken)
    {
        var prefix = Keys.InstancePrefix(instanceId);
        List<(int, string)> found = [];
        await foreach (var key in ListAsync(prefix + WorkflowKeys.InboxName, cancellationToken))
        {
            if (WorkflowKeys.TryInboxIndex(key.AsSpan(prefix.Length), out var index))
            {
                found.Add((index, key));
            }
        }

        return found;
    }

    private async Task<List<StoredValue>> ReadManyAsync(List<string> keys, CancellationToken cancellationToken)
    {
        if (keys.Count == 0)
        {
            return [];
        }

        try
        {
            return [.. (await Current.GetManyAsync(keys, cancellationToken)).Select(static item => new StoredValue(item?.Value, null))];
        }
        catch (InvalidDataException) when (keys.Count > 1)
        {
            // One of them is damaged in a way that the store itself notices: the others are to be had one by one.
            List<StoredValue> values = [];
            foreach (var key in keys)
            {
                values.AddRange(await ReadManyAsync([key], cancellationToken));
            }

            return values;
        }
        catch (InvalidDataException damage)
        {
            return [new StoredValue(null, damage.Message)];
        }
    }

    private static ReadOnlyMemory<byte>? Sound(string instanceId, string key, StoredValue value) =>
        value.Problem is null ? value.Bytes : throw new CorruptWorkflowException(instanceId, key, $"cannot be read ({value.Problem})");

    private static bool IsStart(HistoryEvent historyEvent) => historyEvent.EventTypeCase == HistoryEvent.EventTypeOneofCase.ExecutionStarted;

    private static T Parse<T>(string instanceId, string key, ReadOnlyMemory<byte> value, Func<ReadOnlyMemory<byte>, T> parse)
    {
        try
        {
            return parse(value);
        }
        catch (Exception error) when (error is InvalidProtocolBufferException or JsonException)
        {
            throw new CorruptWorkflowException(instanceId, key, $"cannot be read ({error.Message})", error);
        }
    }

    /// <summary>An instance whose metadata is known, and where its other values are among those that are read.</summary>
    private sealed record Reading(string Id, WorkflowMetadata Metadata, List<(int Index, string Key)> Inbox, int At);
}
