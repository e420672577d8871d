using System.Text.Json;
using Dapr;
using Dapr.Client;
using ServiceDefaults;
using ServiceDefaults.State;
using Simulation.Faults;

namespace Simulation.Seams;

/// <summary>A replica's sidecar. Every call is a step of the history: it takes time, and before or after it anything may go wrong.</summary>
internal sealed class SimulatedDapr(World world, Replica replica) : UnaskedDapr
{
    private static readonly Fault[] _faults = [Fault.CrashBefore, Fault.CrashAfter, Fault.Refused, Fault.AnswerLost, Fault.Late];
    private static readonly Fault[] _readFaults = [Fault.CrashBefore, Fault.Refused, Fault.Late];

    private StateStore Store => world.StoreOf(replica.AppId);

    /// <summary>Of a store that rolls back.</summary>
    public override Task<DaprMetadata> GetMetadataAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new DaprMetadata(replica.AppId, [], new Dictionary<string, string>(), [new DaprComponentsMetadata(UnitOfWork.Store, "state.sqlite", "v1", [])]));

    public override HttpClient CreateInvokableHttpClient(string? appId) =>
        new(new InvocationTransport(world, replica, appId!)) { BaseAddress = new Uri($"http://{appId}") };

    public override Task<IReadOnlyList<BulkStateItem>> GetBulkStateAsync(
        string storeName, IReadOnlyList<string> keys, int? parallelism, IReadOnlyDictionary<string, string>? metadata, CancellationToken cancellationToken) =>
        StepAsync<IReadOnlyList<BulkStateItem>>("reads", keys[0], _readFaults, () => [.. keys.Select(Read)]);

    public override Task<(TValue value, string etag)> GetStateAndETagAsync<TValue>(
        string storeName, string key, ConsistencyMode? consistencyMode, IReadOnlyDictionary<string, string>? metadata, CancellationToken cancellationToken) =>
        StepAsync("reads", key, _readFaults, () =>
        {
            var item = Read(key);
            return (item.Value.Length == 0 ? default! : JsonSerializer.Deserialize<TValue>(item.Value, WireJson.Options)!, item.ETag);
        });

    public override Task<bool> TrySaveStateAsync<TValue>(
        string storeName, string key, TValue value, string etag, StateOptions? stateOptions, IReadOnlyDictionary<string, string>? metadata, CancellationToken cancellationToken) =>
        StepAsync("clears", key, _faults, () =>
        {
            var request = new StateTransactionRequest(key, JsonSerializer.SerializeToUtf8Bytes(value, WireJson.Options), StateOperationType.Upsert, etag, options: stateOptions);
            if (!Store.MayWrite(request))
            {
                return false;
            }

            Store.Put(request);
            world.Facts.Committed(replica, [request]);
            return true;
        });

    public override Task ExecuteStateTransactionAsync(
        string storeName, IReadOnlyList<StateTransactionRequest> operations, IReadOnlyDictionary<string, string>? metadata, CancellationToken cancellationToken) =>
        StepAsync("saves", operations[0].Key, _faults, () =>
        {
            world.Sabotage.Write(Store, replica.AppId, operations);
            world.Facts.Committed(replica, operations);
            return true;
        });

    public override Task PublishByteEventAsync(
        string pubsubName, string topicName, ReadOnlyMemory<byte> data, string dataContentType, Dictionary<string, string>? metadata, CancellationToken cancellationToken)
    {
        var published = new Message(
            topicName, metadata!["cloudevent.id"], metadata["cloudevent.type"], metadata["partitionKey"], Message.Envelope(metadata, topicName, replica.AppId, data));
        return world.Sabotage.ForgetsToWaitForTheBroker
            ? PublishLater(published)
            : StepAsync("publishes", published.Id, _faults, () => Publish(published));
    }

    private Task PublishLater(Message message)
    {
        _ = StepAsync("publishes", message.Id, _faults, () => Publish(message));
        return Task.CompletedTask;
    }

    private bool Publish(Message message)
    {
        world.Facts.Published(replica.AppId, message);
        world.Broker.Publish(replica, message);
        return true;
    }

    private Task<T> StepAsync<T>(string what, string about, ReadOnlySpan<Fault> possible, Func<T> effect) =>
        world.StepAsync(replica, what, about, possible, effect, reason => new DaprException(reason));

    private BulkStateItem Read(string key)
    {
        var (value, etag) = world.Sabotage.Read(replica.AppId, key, Store.Read(key));
        return new BulkStateItem(key, value, etag);
    }
}
