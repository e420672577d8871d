using Dapr.Protocol.Common.V1;
using Google.Protobuf;
using WireOperation = Dapr.Protocol.Runtime.V1.TransactionalStateOperation;
using WireOptions = Dapr.Protocol.Common.V1.StateOptions;

namespace Dapr.Client.Sidecar;

/// <summary>State items as they stand on the wire.</summary>
internal static class StateItems
{
    /// <summary>An item; a null etag leaves the ETag out, which is not the same as an empty one.</summary>
    public static StateItem From(string key, ByteString value, string? etag, StateOptions? options, IReadOnlyDictionary<string, string>? metadata)
    {
        var item = new StateItem { Key = key, Value = value };
        if (etag is not null)
            item.Etag = new Etag { Value = etag };

        if (options is not null)
            item.Options = new WireOptions { Consistency = Consistency(options.Consistency), Concurrency = Concurrency(options.Concurrency) };

        foreach (var (name, text) in metadata ?? new Dictionary<string, string>())
            item.Metadata.Add(name, text);

        return item;
    }

    public static WireOperation Operation(StateTransactionRequest operation) => new()
    {
        OperationType = operation.OperationType switch
        {
            StateOperationType.Upsert => "upsert",
            StateOperationType.Delete => "delete",
            _ => string.Empty,
        },
        Request = From(
            operation.Key,
            operation.Value is null ? ByteString.Empty : ByteString.CopyFrom(operation.Value),
            operation.ETag,
            operation.Options,
            operation.Metadata),
    };

    public static WireOptions.Types.StateConsistency Consistency(ConsistencyMode? mode) => mode switch
    {
        ConsistencyMode.Eventual => WireOptions.Types.StateConsistency.ConsistencyEventual,
        ConsistencyMode.Strong => WireOptions.Types.StateConsistency.ConsistencyStrong,
        null => WireOptions.Types.StateConsistency.ConsistencyUnspecified,
        _ => throw new ArgumentException($"{mode} Consistency Mode is not supported.", nameof(mode)),
    };

    private static WireOptions.Types.StateConcurrency Concurrency(ConcurrencyMode? mode) => mode switch
    {
        ConcurrencyMode.FirstWrite => WireOptions.Types.StateConcurrency.ConcurrencyFirstWrite,
        ConcurrencyMode.LastWrite => WireOptions.Types.StateConcurrency.ConcurrencyLastWrite,
        null => WireOptions.Types.StateConcurrency.ConcurrencyUnspecified,
        _ => throw new ArgumentException($"{mode} Concurrency Mode is not supported.", nameof(mode)),
    };
}
