using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Dapr;
using Dapr.Client;
using Microsoft.Extensions.Logging;
using ServiceDefaults.Outbox;

namespace ServiceDefaults.State;

/// <summary>
/// One command or event, one Dapr state transaction: documents with their versions, the inbox entry and the outbox record are saved together or not at all.
/// Right after the commit the events are published; the relay sees to what a crash left behind.
/// </summary>
public sealed partial class UnitOfWork(
    DaprClient dapr, OutboxSlots outbox, OutboxPublisher publisher, CommitTurns turns, EventDescription description, TimeProvider clock, Random jitter, ILogger<UnitOfWork> logger)
{
    public const string Store = "statestore";

    /// <summary>Attempts under conflict; each one means that somebody else got through.</summary>
    private const int MaxAttempts = 40;

    /// <summary>Attempts while nothing changed under us: then the store itself refuses.</summary>
    private const int MaxRefusals = 3;

    private static readonly Dictionary<string, string> _inboxLifetime = new() { ["ttlInSeconds"] = "86400" };
    private static readonly StateOptions _onlyIfUnchanged = new() { Concurrency = ConcurrencyMode.FirstWrite, Consistency = ConsistencyMode.Strong };

    /// <summary>Reads, lets <paramref name="decide"/> decide and commits; on a conflict all of it again.</summary>
    /// <param name="work">The order, the origin and the documents.</param>
    /// <param name="decide">Pure: it may run more than once.</param>
    /// <param name="cancellationToken">Ends the waiting, not a commit under way.</param>
    public async Task<TResult> RunAsync<TResult>(Work work, Func<Changes, TResult> decide, CancellationToken cancellationToken)
    {
        Changes? refusedOn = null;
        for (int attempt = 1, refusals = 0; ; attempt++)
        {
            Exception failure;
            var slot = work.Partition is null ? null : outbox.SlotOf(work.Partition);
            using (slot is null ? null : await slot.EnterAsync(cancellationToken))
            {
                var tried = await TryAsync(work, slot, decide, attempt, cancellationToken);
                if (tried.Refusal is null)
                {
                    if (slot is not null && tried.Committed.Count > 0)
                    {
                        // Inside the slot's turn: the next commit of this process for the same order publishes after us.
                        await publisher.PublishAsync(slot, tried.Committed, cancellationToken);
                    }

                    return tried.Result;
                }

                // A conflict inside a transaction comes as a general error: reading again tells.
                refusals = refusedOn is not null && tried.Changes.SameVersions(refusedOn) ? refusals + 1 : 1;
                refusedOn = tried.Changes;
                failure = tried.Refusal;
            }

            if (refusals >= MaxRefusals || attempt >= MaxAttempts)
            {
                throw new MissingDependencyException($"the state store refused {attempt} attempts to save {string.Join(", ", work.Keys.Take(3))}: {failure.Cause()}");
            }

            LogConflict(logger, work.Partition, attempt);
            await Task.Delay(TimeSpan.FromMilliseconds(jitter.Next(2, 10 * Math.Min(attempt, 10))), clock, cancellationToken);
        }
    }

    /// <summary>One attempt from reading to committing; a refusal is answered, not thrown.</summary>
    private async Task<Attempt<TResult>> TryAsync<TResult>(
        Work work, OutboxSlot? slot, Func<Changes, TResult> decide, int attempt, CancellationToken cancellationToken)
    {
        using var turn = await turns.EnterAsync(work, cancellationToken);
        var changes = await ReadAsync(work, slot, cancellationToken);
        var result = decide(changes);
        if (!changes.Any || (work.Origin.MessageId is { } message && changes.Get<InboxEntry>(InboxKey(message)) is not null))
        {
            return new(changes, result, [], null);
        }

        try
        {
            return new(changes, result, await CommitAsync(work, slot, changes, attempt, cancellationToken), null);
        }
        catch (DaprException refusal)
        {
            return new(changes, result, [], refusal);
        }
    }

    /// <summary>Reads one document.</summary>
    public async Task<T?> FindAsync<T>(string key, CancellationToken cancellationToken)
        where T : class
    {
        var read = await ReadDocumentsAsync([key], cancellationToken);
        return read[key].Value is { } value ? JsonSerializer.Deserialize<T>(value, WireJson.Options) : null;
    }

    /// <summary>Reads several documents; those that do not exist are left out.</summary>
    public async Task<IReadOnlyList<T>> FindAllAsync<T>(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
        where T : class
    {
        if (keys.Count == 0)
        {
            return [];
        }

        var read = await ReadDocumentsAsync([.. keys.Distinct()], cancellationToken);
        return [.. read.Values.Where(document => document.Value is not null).Select(document => JsonSerializer.Deserialize<T>(document.Value!, WireJson.Options)!)];
    }

    /// <summary>Reads several documents with their versions; those that do not exist are left out.</summary>
    internal async Task<IReadOnlyDictionary<string, Versioned<T>>> FindByKeyAsync<T>(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
        where T : class
    {
        var read = await ReadDocumentsAsync([.. keys], cancellationToken);
        return read
            .Where(document => document.Value.Value is not null)
            .ToDictionary(document => document.Key, document => new Versioned<T>(JsonSerializer.Deserialize<T>(document.Value.Value!, WireJson.Options)!, document.Value.ETag));
    }

    private static string InboxKey(string messageId) => $"inbox-{messageId}";

    private async Task<Changes> ReadAsync(Work work, OutboxSlot? slot, CancellationToken cancellationToken)
    {
        var keys = new List<string>(work.Keys);
        if (slot is not null)
        {
            keys.Add(slot.Key);
            keys.Add(Measurement.KeyOf(work.Partition!));
        }

        if (work.Origin.MessageId is { } message)
        {
            keys.Add(InboxKey(message));
        }

        return new Changes(await ReadDocumentsAsync([.. keys.Distinct()], cancellationToken), clock.GetUtcNow());
    }

    private async Task<Dictionary<string, StoredDocument>> ReadDocumentsAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        var read = keys.ToDictionary(key => key, _ => new StoredDocument(null, null));
        foreach (var item in await dapr.GetBulkStateAsync(Store, keys, parallelism: null, cancellationToken: cancellationToken))
        {
            if (!string.IsNullOrEmpty(item.Value))
            {
                read[item.Key] = new StoredDocument(item.Value, item.ETag);
            }
        }

        return read;
    }

    private async Task<IReadOnlyList<OutboxRecord>> CommitAsync(Work work, OutboxSlot? slot, Changes changes, int attempt, CancellationToken cancellationToken)
    {
        var operations = new List<StateTransactionRequest>();
        foreach (var (key, value) in changes.Writes)
        {
            operations.Add(Upsert(changes, key, value));
        }

        IReadOnlyList<OutboxRecord> published = [];
        IReadOnlyList<string> cleared = [];
        if (slot is not null)
        {
            var events = changes.Events.Select(@event => description.ToRecord(@event, changes.Now, Activity.Current?.Id)).ToList();
            var waiting = changes.Get<OutboxContent>(slot.Key)?.Records ?? [];
            cleared = slot.PublishedAmong(waiting);
            var content = new OutboxContent([.. waiting.Where(record => !cleared.Contains(record.Id)), .. events]);
            operations.Add(Upsert(changes, slot.Key, JsonSerializer.SerializeToUtf8Bytes(content, WireJson.Options)));
            published = [.. content.Records.Where(record => record.Key == work.Partition)];

            var measurement = changes.Get<Measurement>(Measurement.KeyOf(work.Partition!)) ?? Measurement.None(work.Partition!);
            measurement = measurement.Add(events.Count, work.Origin.IsCall ? 1 : 0, attempt - 1, changes.Events.Count(description.IsCompensation));
            operations.Add(Upsert(changes, Measurement.KeyOf(work.Partition!), JsonSerializer.SerializeToUtf8Bytes(measurement, WireJson.Options)));
        }

        if (work.Origin.MessageId is { } message)
        {
            var entry = JsonSerializer.SerializeToUtf8Bytes(new InboxEntry(changes.Now), WireJson.Options);
            operations.Add(new StateTransactionRequest(InboxKey(message), entry, StateOperationType.Upsert, metadata: _inboxLifetime));
        }

        await dapr.ExecuteStateTransactionAsync(Store, operations, cancellationToken: cancellationToken);
        slot?.Forget(cleared);
        return published;
    }

    private static StateTransactionRequest Upsert(Changes changes, string key, byte[] value) =>
        new(key, value, StateOperationType.Upsert, changes.VersionOf(key), options: _onlyIfUnchanged);

    private readonly record struct Attempt<TResult>(Changes Changes, TResult Result, IReadOnlyList<OutboxRecord> Committed, DaprException? Refusal);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Order {Order}: attempt {Attempt} was refused, reading again")]
    private static partial void LogConflict(ILogger logger, string? order, int attempt);
}

/// <summary>That a message was handled, kept for a day: the cheap answer to a repeat. The rules refuse repeats without it too.</summary>
internal sealed record InboxEntry(DateTimeOffset At);

/// <summary>A document, and the store's word for the state it is in.</summary>
internal sealed record Versioned<T>(T Document, string? Version);
