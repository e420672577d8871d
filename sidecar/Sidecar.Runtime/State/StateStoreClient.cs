using System.Globalization;
using System.Text;
using Sidecar.Runtime.Errors;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Outbox;
using Sidecar.Runtime.PubSub;
using Sidecar.Runtime.Resiliency;
using Sidecar.Runtime.State.Queries;
using Sidecar.Runtime.Telemetry;

namespace Sidecar.Runtime.State;

/// <summary>One state store of one sidecar as its APIs use it: adds the key prefix, applies the outbound policy, speaks Dapr's errors.</summary>
internal sealed class StateStoreClient
{
    private readonly string _name;
    private readonly IStateStore _store;
    private readonly string _prefix;
    private readonly IPolicy _policy;
    private readonly SidecarMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly OutboxTransaction? _outbox;
    private readonly StateEncryption? _encryption;

    public StateStoreClient(LoadedComponent<IStateStore> component, SidecarContext context, OutboxTransaction? outbox)
    {
        _outbox = outbox;
        _name = component.Resource.Name;
        _store = component.Instance;
        _prefix = KeyPrefix.Of(component.Resource, context.Options);
        _encryption = StateEncryption.Of(component.Resource);
        _metrics = context.Metrics;
        _time = context.Time;
        _policy = context.Policies.ForComponentOutbound(_name, component.Resource.Type);
    }

    /// <summary>Name of the component.</summary>
    public string Name => _name;

    public async ValueTask<StateItem?> GetAsync(string key, CancellationToken cancellationToken)
    {
        var fullKey = FullKey(key);
        try
        {
            return Readable(await MeasureAsync("get", _policy.ExecuteAsync(token => _store.GetAsync(fullKey, token).AsTask(), cancellationToken)));
        }
        catch (Exception e) when (IsFailure(e))
        {
            throw StateErrors.GetFailed(_name, key, e);
        }
    }

    /// <summary>Reads in the order asked; null where missing.</summary>
    public async ValueTask<IReadOnlyList<StateItem?>> GetManyAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        if (keys.Count == 0)
            return [];
        var fullKeys = keys.Select(FullKey).ToArray();
        try
        {
            var items = await MeasureAsync("bulk_get", _policy.ExecuteAsync(token => _store.GetManyAsync(fullKeys, token).AsTask(), cancellationToken));
            return _encryption is null ? items : [.. items.Select(Readable)];
        }
        catch (Exception e) when (IsFailure(e))
        {
            throw StateErrors.BulkGetFailed(_name, e);
        }
    }

    /// <summary>Saves each item for itself: those before and after one that fails are saved.</summary>
    public async ValueTask SaveAsync(IReadOnlyList<SaveRequest> items, CancellationToken cancellationToken)
    {
        try
        {
            await ExecuteEachAsync(items.Select(ToOperation).ToArray(), cancellationToken);
        }
        catch (Exception e) when (IsFailure(e))
        {
            throw StateErrors.SaveFailed(_name, e);
        }
    }

    public async ValueTask DeleteAsync(DeleteRequest item, CancellationToken cancellationToken)
    {
        var operation = new DeleteState(FullKey(item.Key), item.ETag);
        try
        {
            await ExecuteAsync(operation, cancellationToken);
        }
        catch (Exception e) when (IsFailure(e))
        {
            throw StateErrors.DeleteFailed(item.Key, e);
        }
    }

    public async ValueTask DeleteManyAsync(IReadOnlyList<DeleteRequest> items, CancellationToken cancellationToken)
    {
        var operations = items.Select(item => (StateOperation)new DeleteState(FullKey(item.Key), item.ETag)).ToArray();
        try
        {
            await ExecuteEachAsync(operations, cancellationToken);
        }
        catch (Exception e) when (IsFailure(e))
        {
            throw StateErrors.BulkDeleteFailed(_name, e);
        }
    }

    /// <summary>Makes all changes or none; each operation is a <see cref="SaveRequest"/> or a <see cref="DeleteRequest"/>.</summary>
    /// <exception cref="DaprApiException">Refused; nothing was changed.</exception>
    public async ValueTask TransactAsync(IReadOnlyList<object> requests, EventTrace trace, CancellationToken cancellationToken)
    {
        if (!_store.Capabilities.Contains("TRANSACTIONAL"))
            throw StateErrors.TransactionsNotSupported(_name);
        if (requests.Count == 0)
            return;

        try
        {
            var operations = ToOperations(requests);
            if (_outbox is not null)
            {
                var (kept, markers) = await _outbox.AnnounceAsync(requests, trace, cancellationToken);
                operations = [.. ToOperations(kept), .. markers];
            }

            await RunAsync("transaction", async token => await _store.TransactAsync(operations, token), cancellationToken);
        }
        catch (Exception e) when (IsFailure(e))
        {
            throw StateErrors.TransactionFailed(e);
        }
    }

    /// <summary>Runs a query of Dapr's alpha API; the keys come without a prefix.</summary>
    public async ValueTask<QueryPage> QueryAsync(ReadOnlyMemory<byte> json, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        if (_store is not IQueryableStateStore queryable || !_store.Capabilities.Contains("QUERY_API"))
            throw StateErrors.QueryNotSupported(_name);
        try
        {
            if (metadata.Keys.Any(key => key.Equals("querySelectedAttributes", StringComparison.OrdinalIgnoreCase)))
                throw new FormatException("querySelectedAttributes is not known to the embedded sidecar; leave it out and read the whole documents");
            var query = StateQueryReader.Read(json);
            var page = await MeasureAsync("query", _policy.ExecuteAsync(token => queryable.QueryAsync(query, token).AsTask(), cancellationToken));
            return page with { Items = [.. page.Items.Select(item => Readable(item)! with { Key = KeyPrefix.Without(item.Key) })] };
        }
        catch (Exception e) when (IsFailure(e))
        {
            throw StateErrors.QueryFailed(_name, e);
        }
    }

    /// <summary>Metadata of a stored value, as both APIs show it.</summary>
    public static IReadOnlyDictionary<string, string> MetadataOf(StateItem item) => item.ExpiresAt is { } expiry
        ? new Dictionary<string, string> { ["ttlExpireTime"] = expiry.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) }
        : new Dictionary<string, string>();

    private static bool IsFailure(Exception e) => e is not (OperationCanceledException or DaprApiException);

    private string FullKey(string key) => key.Contains(KeyPrefix.Separator, StringComparison.Ordinal) ? throw StateErrors.IllegalKey(key, _name) : _prefix + key;

    private StateOperation[] ToOperations(IReadOnlyList<object> requests) =>
    [
        .. requests.Select(request => request switch
        {
            SaveRequest save => ToOperation(save),
            DeleteRequest delete => new DeleteState(FullKey(delete.Key), delete.ETag),
            _ => throw new ArgumentException($"{request.GetType().Name} is no state operation", nameof(requests)),
        }),
    ];

    private StateItem? Readable(StateItem? item) =>
        _encryption is null || item is null || item.Value.IsEmpty ? item : item with { Value = _encryption.Decrypt(item.Value.Span) };

    private ReadOnlyMemory<byte> Kept(SaveRequest item) => _encryption is null
        ? item.Value
        : _encryption.Encrypt(item.WasDecoded ? Encoding.UTF8.GetBytes(GoText.Of(item.Value)) : item.Value.Span);

    private StateOperation ToOperation(SaveRequest item) =>
        new SetState(FullKey(item.Key), Kept(item), string.IsNullOrEmpty(item.ETag) ? null : item.ETag, item.Concurrency == Concurrency.FirstWrite, item.TimeToLive)
        {
            IsJson = item.IsJson && _encryption is null,
        };

    private async Task ExecuteEachAsync(StateOperation[] operations, CancellationToken cancellationToken)
    {
        if (operations.Length == 1)
        {
            await ExecuteAsync(operations[0], cancellationToken);
            return;
        }

        // Side by side, so that a durable store can commit them together; operations on one key keep their order.
        var tasks = operations.GroupBy(o => o.Key, StringComparer.Ordinal).Select(async sameKey =>
        {
            foreach (var operation in sameKey)
                await ExecuteAsync(operation, cancellationToken);
        }).ToArray();
        await Task.WhenAll(tasks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var failures = tasks.Where(task => task.IsFaulted).Select(task => task.Exception!.InnerException!).ToArray();
        if (failures.FirstOrDefault(e => e is ETagMismatchException or InvalidETagException) is { } etag)
            throw etag;
        await Task.WhenAll(tasks);
    }

    private Task ExecuteAsync(StateOperation operation, CancellationToken cancellationToken) =>
        RunAsync(operation is SetState ? "set" : "delete", async token => await _store.ExecuteAsync(operation, token), cancellationToken);

    /// <summary>A wrong ETag is an answer of the store, not a failure of it: it is neither retried nor counted by a breaker.</summary>
    private async Task RunAsync(string name, Func<CancellationToken, Task> operation, CancellationToken cancellationToken)
    {
        var refusal = await MeasureAsync(name, _policy.ExecuteAsync<Exception?>(async token =>
        {
            try
            {
                await operation(token);
                return null;
            }
            catch (Exception e) when (e is ETagMismatchException or InvalidETagException)
            {
                return e;
            }
        }, cancellationToken));
        if (refusal is not null)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(refusal);
    }

    private async Task<T> MeasureAsync<T>(string operation, Task<T> running)
    {
        var start = _time.GetTimestamp();
        var success = "false";
        try
        {
            var result = await running;
            success = result is Exception ? "false" : "true";
            return result;
        }
        finally
        {
            _metrics.StateOperations.Increment(_name, operation, success);
            _metrics.StateLatency.Observe(_time.GetElapsedTime(start), _name, operation, success);
        }
    }
}
