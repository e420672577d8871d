using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Wire = Dapr.Protocol.Runtime.V1;

namespace Dapr.Client.Sidecar;

internal sealed partial class GrpcDaprClient
{
    private const string State = "State";

    public override async Task<TValue> GetStateAsync<TValue>(
        string storeName,
        string key,
        ConsistencyMode? consistencyMode = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default) =>
        FromStateJson<TValue>((await ReadAsync(storeName, key, consistencyMode, metadata, cancellationToken)).Data);

    public override async Task<(TValue value, string etag)> GetStateAndETagAsync<TValue>(
        string storeName,
        string key,
        ConsistencyMode? consistencyMode = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default)
    {
        var response = await ReadAsync(storeName, key, consistencyMode, metadata, cancellationToken);
        return (FromStateJson<TValue>(response.Data), response.Etag);
    }

    public override async Task<ReadOnlyMemory<byte>> GetByteStateAsync(
        string storeName,
        string key,
        ConsistencyMode? consistencyMode = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default) =>
        (await ReadAsync(storeName, key, consistencyMode, metadata, cancellationToken)).Data.Memory;

    public override async Task<(ReadOnlyMemory<byte>, string etag)> GetByteStateAndETagAsync(
        string storeName,
        string key,
        ConsistencyMode? consistencyMode = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default)
    {
        var response = await ReadAsync(storeName, key, consistencyMode, metadata, cancellationToken);
        return (response.Data.Memory, response.Etag);
    }

    public override async Task<IReadOnlyList<BulkStateItem>> GetBulkStateAsync(
        string storeName,
        IReadOnlyList<string> keys,
        int? parallelism,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default)
    {
        var items = await ReadBulkAsync(storeName, keys, parallelism, metadata, cancellationToken);
        return [.. items.Select(item => new BulkStateItem(item.Key, item.Data.ToStringUtf8(), item.Etag))];
    }

    public override async Task<IReadOnlyList<BulkStateItem<TValue>>> GetBulkStateAsync<TValue>(
        string storeName,
        IReadOnlyList<string> keys,
        int? parallelism,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default)
    {
        var items = await ReadBulkAsync(storeName, keys, parallelism, metadata, cancellationToken);

        // What is not the JSON expected is told by a JsonException here, alone among the reads, as in the official SDK.
        return [.. items.Select(item => new BulkStateItem<TValue>(item.Key, FromJson<TValue>(item.Data), item.Etag))];
    }

    public override async Task SaveStateAsync<TValue>(
        string storeName,
        string key,
        TValue value,
        StateOptions? stateOptions = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default) =>
        await SaveAsync(storeName, key, () => ToStateJson(value), null, stateOptions, metadata, cancellationToken);

    public override async Task<bool> TrySaveStateAsync<TValue>(
        string storeName,
        string key,
        TValue value,
        string etag,
        StateOptions? stateOptions = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default)
    {
        ThrowIfIncomplete(storeName, key);
        ArgumentNullException.ThrowIfNull(etag);
        return await SaveAsync(storeName, key, () => ToStateJson(value), etag, stateOptions, metadata, cancellationToken);
    }

    public override async Task SaveByteStateAsync(
        string storeName,
        string key,
        ReadOnlyMemory<byte> binaryValue,
        StateOptions? stateOptions = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default) =>
        await SaveAsync(storeName, key, () => ByteString.CopyFrom(binaryValue.Span), null, stateOptions, metadata, cancellationToken);

    public override async Task<bool> TrySaveByteStateAsync(
        string storeName,
        string key,
        ReadOnlyMemory<byte> binaryValue,
        string etag,
        StateOptions? stateOptions = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default)
    {
        ThrowIfIncomplete(storeName, key);
        ArgumentNullException.ThrowIfNull(etag);
        return await SaveAsync(storeName, key, () => ByteString.CopyFrom(binaryValue.Span), etag, stateOptions, metadata, cancellationToken);
    }

    public override async Task SaveBulkStateAsync<TValue>(
        string storeName, IReadOnlyList<SaveStateItem<TValue>> items, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(storeName);
        ThrowIfEmpty(items, "items do not contain any elements");
        var request = new Wire.SaveStateRequest { StoreName = storeName };
        request.States.AddRange(items.Select(item => StateItems.From(item.Key, ToStateJson(item.Value), item.ETag, item.StateOptions, item.Metadata)));
        await CallAsync(State, DaprMethods.SaveState, request, cancellationToken);
    }

    public override async Task DeleteStateAsync(
        string storeName,
        string key,
        StateOptions? stateOptions = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default) =>
        await DeleteAsync(storeName, key, null, stateOptions, metadata, cancellationToken);

    public override async Task<bool> TryDeleteStateAsync(
        string storeName,
        string key,
        string etag,
        StateOptions? stateOptions = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default)
    {
        ThrowIfIncomplete(storeName, key);
        ArgumentNullException.ThrowIfNull(etag);
        return await DeleteAsync(storeName, key, etag, stateOptions, metadata, cancellationToken);
    }

    public override async Task DeleteBulkStateAsync(string storeName, IReadOnlyList<BulkDeleteStateItem> items, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(storeName);
        ArgumentNullException.ThrowIfNull(items);
        var request = new Wire.DeleteBulkStateRequest { StoreName = storeName };
        request.States.AddRange(items.Select(item => StateItems.From(item.Key, ByteString.Empty, item.ETag, item.StateOptions, item.Metadata)));
        await CallAsync(State, DaprMethods.DeleteBulkState, request, cancellationToken);
    }

    public override async Task ExecuteStateTransactionAsync(
        string storeName,
        IReadOnlyList<StateTransactionRequest> operations,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(storeName);
        ThrowIfEmpty(operations, "operations does not contain any elements");
        var request = new Wire.ExecuteStateTransactionRequest { StoreName = storeName };
        request.Operations.AddRange(operations.Select(StateItems.Operation));
        Copy(metadata, request.Metadata);
        await CallAsync(State, DaprMethods.ExecuteStateTransaction, request, cancellationToken);
    }

    public override async Task<StateQueryResponse<TValue>> QueryStateAsync<TValue>(
        string storeName, string jsonQuery, IReadOnlyDictionary<string, string>? metadata = null, CancellationToken cancellationToken = default)
    {
        var request = new Wire.QueryStateRequest { StoreName = storeName, Query = jsonQuery };
        Copy(metadata, request.Metadata);
        var response = await CallAsync("Query state", DaprMethods.QueryStateAlpha1, request, cancellationToken);
        var readable = response.Results
            .Where(item => item.Error.Length == 0)
            .Select(item => new StateQueryItem<TValue>(item.Key, FromStateJson<TValue>(item.Data), item.Etag, item.Error));
        var page = new StateQueryResponse<TValue>([.. readable], response.Token, new Dictionary<string, string>(response.Metadata));
        var failed = response.Results.Where(item => item.Error.Length > 0).Select(item => item.Key).ToList();
        return failed.Count == 0
            ? page
            : throw new StateQueryException<TValue>("Encountered an error while processing state query results.", page, failed);
    }

    private Task<Wire.GetStateResponse> ReadAsync(
        string store, string key, ConsistencyMode? consistency, IReadOnlyDictionary<string, string>? metadata, CancellationToken cancellation)
    {
        ThrowIfIncomplete(store, key);
        var request = new Wire.GetStateRequest { StoreName = store, Key = key, Consistency = StateItems.Consistency(consistency) };
        Copy(metadata, request.Metadata);
        return CallAsync(State, DaprMethods.GetState, request, cancellation);
    }

    private async Task<IEnumerable<Wire.BulkStateItem>> ReadBulkAsync(
        string store, IReadOnlyList<string> keys, int? parallelism, IReadOnlyDictionary<string, string>? metadata, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(store, "storeName");
        ThrowIfEmpty(keys, "keys do not contain any elements");
        var request = new Wire.GetBulkStateRequest { StoreName = store, Parallelism = parallelism ?? 0 };
        request.Keys.AddRange(keys);
        Copy(metadata, request.Metadata);
        return (await CallAsync(State, DaprMethods.GetBulkState, request, cancellation)).Items;
    }

    private T FromStateJson<T>(ByteString bytes) => FromJson<T>(bytes, State, "state");

    private Task<bool> SaveAsync(
        string store, string key, Func<ByteString> value, string? etag, StateOptions? options, IReadOnlyDictionary<string, string>? metadata, CancellationToken cancellation)
    {
        ThrowIfIncomplete(store, key);
        var request = new Wire.SaveStateRequest { StoreName = store };
        request.States.Add(StateItems.From(key, value(), etag, options, metadata));
        return WriteAsync(DaprMethods.SaveState, request, etag is not null, cancellation);
    }

    private Task<bool> DeleteAsync(
        string store, string key, string? etag, StateOptions? options, IReadOnlyDictionary<string, string>? metadata, CancellationToken cancellation)
    {
        ThrowIfIncomplete(store, key);
        var item = StateItems.From(key, ByteString.Empty, etag, options, metadata);
        var request = new Wire.DeleteStateRequest { StoreName = store, Key = key, Etag = item.Etag, Options = item.Options };
        request.Metadata.Add(item.Metadata);
        return WriteAsync(DaprMethods.DeleteState, request, etag is not null, cancellation);
    }

    /// <summary>With an ETag, Aborted is the store's way to say that it is no longer current: an answer, not a failure.</summary>
    private async Task<bool> WriteAsync<TRequest>(GrpcMethod<TRequest, Empty> method, TRequest request, bool hasETag, CancellationToken cancellation)
        where TRequest : class, IMessage<TRequest>, new()
    {
        try
        {
            await sidecar.CallAsync(method, request, cancellation);
            return true;
        }
        catch (GrpcException error) when (hasETag && error.StatusCode == GrpcStatusCode.Aborted)
        {
            return false;
        }
        catch (GrpcException error)
        {
            throw Failure(State, error);
        }
    }

    private static void ThrowIfIncomplete(string storeName, string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(storeName);
        ArgumentException.ThrowIfNullOrEmpty(key);
    }

    private static void ThrowIfEmpty<T>(
        IReadOnlyList<T> items, string message, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(items))] string? name = null)
    {
        ArgumentNullException.ThrowIfNull(items, name);
#pragma warning disable CA2208 // the official exception names no parameter
        if (items.Count == 0)
            throw new ArgumentException(message);
#pragma warning restore CA2208
    }
}
