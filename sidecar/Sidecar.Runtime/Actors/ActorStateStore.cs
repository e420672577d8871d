using System.Globalization;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Resiliency;
using Sidecar.Runtime.State;

namespace Sidecar.Runtime.Actors;

/// <summary>One change of an actor's state as either API asks for it.</summary>
/// <param name="Operation"><c>upsert</c> or <c>delete</c>.</param>
/// <param name="Key">Key within the actor.</param>
/// <param name="Value">What to keep.</param>
/// <param name="ETag">Expected version, or null.</param>
/// <param name="Metadata">May hold <c>ttlInSeconds</c>.</param>
internal sealed record ActorStateChange(string Operation, string Key, ReadOnlyMemory<byte> Value, string? ETag, IReadOnlyDictionary<string, string>? Metadata)
{
    /// <summary>The value is JSON: over HTTP it always is.</summary>
    public bool IsJson { get; init; }
}

/// <summary>The state of the app's actors in the state store with <c>actorStateStore: "true"</c>; keys are <c>appid||type||id||key</c>.</summary>
internal sealed class ActorStateStore
{
    private readonly IStateStore _store;
    private readonly string _appId;
    private readonly IPolicy _policy;

    private ActorStateStore(LoadedComponent<IStateStore> component, SidecarContext context)
    {
        _store = component.Instance;
        _appId = context.Options.AppId;
        _policy = context.Policies.ForComponentOutbound(component.Resource.Name, component.Resource.Type);
    }

    /// <summary>The store of a sidecar; null when it has none that actors can use.</summary>
    public static ActorStateStore? Of(SidecarContext context) =>
        context.Components.ActorStateStore is { } component && component.Instance.Capabilities.Contains("ETAG") && component.Instance.Capabilities.Contains("TRANSACTIONAL")
            ? new ActorStateStore(component, context)
            : null;

    /// <summary>Reads one key; null when it is missing.</summary>
    public async Task<StateItem?> GetAsync(ActorAddress actor, string key, CancellationToken cancellationToken)
    {
        try
        {
            return await _policy.ExecuteAsync(token => _store.GetAsync(FullKey(actor, key), token).AsTask(), cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw ActorErrors.StateGetFailed(e);
        }
    }

    /// <summary>Makes all changes or none.</summary>
    public async Task TransactAsync(ActorAddress actor, IReadOnlyList<ActorStateChange> changes, CancellationToken cancellationToken)
    {
        try
        {
            StateOperation[] operations = [.. changes.Select(change => ToOperation(actor, change))];
            if (operations.Length == 0)
                return;
            await _policy.ExecuteAsync(async token =>
            {
                await _store.TransactAsync(operations, token);
                return true;
            }, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw ActorErrors.TransactionFailed(e);
        }
    }

    private string FullKey(ActorAddress actor, string key) => $"{_appId}||{actor.Type}||{actor.Id}||{key}";

    private StateOperation ToOperation(ActorAddress actor, ActorStateChange change)
    {
        if (change.Operation is not ("upsert" or "delete"))
            throw new FormatException(change.Operation.Length == 0 ? "operation is empty" : $"operation type {change.Operation} not supported");
        if (change.Key.Length == 0)
            throw new FormatException("missing key");
        var key = FullKey(actor, change.Key);
        return change.Operation == "upsert"
            ? new SetState(key, change.Value, change.ETag, TimeToLive: TimeToLive(change.Metadata)) { IsJson = change.IsJson }
            : new DeleteState(key, change.ETag);
    }

    private static TimeSpan? TimeToLive(IReadOnlyDictionary<string, string>? metadata)
    {
        if (metadata is null || !metadata.TryGetValue("ttlInSeconds", out var text) || text.Length == 0)
            return null;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(Math.Max(seconds, 0))
            : throw new FormatException($"incorrect value for metadata 'ttlInSeconds': '{text}' is no whole number of seconds");
    }
}
