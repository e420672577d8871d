using Dapr.Client;
using Microsoft.Extensions.Logging;

namespace ServiceDefaults.State;

/// <summary>
/// On a store whose transactions do not roll back, a refused transaction leaves its other changes behind. There, commits of this process take turns from reading to writing, so that none is
/// refused while there is one replica. With two replicas, or a crash at the wrong moment, such a store loses what it loses: see components/README.md.
/// </summary>
public sealed partial class CommitTurns(DaprClient dapr, ILogger<CommitTurns> logger) : IDisposable
{
    // Dapr's Redis component runs a transaction as a queue of scripts; the ones beside a refused one stay.
    private const string StoreWithoutRollBack = "state.redis";

    private readonly SemaphoreSlim _turn = new(1, 1);
    private bool? _needed;

    /// <summary>Waits for the turn where turns are needed; null where they are not.</summary>
    public async ValueTask<IDisposable?> EnterAsync(CancellationToken cancellationToken)
    {
        _needed ??= await LacksRollBackAsync(cancellationToken);
        if (_needed is false)
            return null;
        await _turn.WaitAsync(cancellationToken);
        return new Turn(_turn);
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async Task<bool> LacksRollBackAsync(CancellationToken cancellationToken)
    {
        var metadata = await dapr.GetMetadataAsync(cancellationToken);
        var lacks = metadata.Components.Any(component => component.Name == UnitOfWork.Store && component.Type == StoreWithoutRollBack);
        if (lacks)
            LogNoRollBack(logger, UnitOfWork.Store, StoreWithoutRollBack);
        return lacks;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Store} is {Type}, whose transactions do not roll back: commits go one at a time, and neither replicas nor a crash are safe on it")]
    private static partial void LogNoRollBack(ILogger logger, string store, string type);

    private sealed class Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
