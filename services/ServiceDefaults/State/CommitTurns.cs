using System.Security.Cryptography;
using System.Text;
using Dapr.Client;
using Microsoft.Extensions.Logging;

namespace ServiceDefaults.State;

/// <summary>
/// Commits of this process that change the same shared document take turns from reading to writing, so that they do not refuse each other. A turn ends with the commit: what is published after it
/// may take as long as the broker does, and holds nobody up.
/// </summary>
/// <remarks>
/// On a store whose transactions do not roll back, a refused transaction leaves its other changes behind. There, all commits of this process take turns, so that none is refused while there is one replica. With two replicas, or a crash at
/// the wrong moment, such a store loses what it loses: see components/README.md.
/// </remarks>
public sealed partial class CommitTurns(DaprClient dapr, ILogger<CommitTurns> logger) : IDisposable
{
    // Dapr's Redis component runs a transaction as a queue of scripts; the ones beside a refused one stay.
    private const string StoreWithoutRollBack = "state.redis";

    private readonly SemaphoreSlim _only = new(1, 1);
    private readonly SemaphoreSlim[] _shared = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1, 1))];
    private bool? _oneAtATime;

    /// <summary>Waits until no other commit of this process is between reading and writing what this work shares with it.</summary>
    public async ValueTask<IDisposable> EnterAsync(Work work, CancellationToken cancellationToken)
    {
        _oneAtATime ??= await LacksRollBackAsync(cancellationToken);
        var turn = new Turn();
        try
        {
            if (_oneAtATime is true)
                await turn.TakeAsync(_only, cancellationToken);
            // In one order for everybody: nobody waits for each other in a circle.
            else
                foreach (var place in work.Shared.Select(PlaceOf).Distinct().Order())
                    await turn.TakeAsync(_shared[place], cancellationToken);
            return turn;
        }
        catch
        {
            turn.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _only.Dispose();
        Array.ForEach(_shared, place => place.Dispose());
    }

    /// <summary>The same in every run: the simulation repeats a history from its seed.</summary>
    private int PlaceOf(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key))[0] % _shared.Length;

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

    private sealed class Turn : IDisposable
    {
        private readonly List<SemaphoreSlim> _taken = [];

        public async Task TakeAsync(SemaphoreSlim place, CancellationToken cancellationToken)
        {
            await place.WaitAsync(cancellationToken);
            _taken.Add(place);
        }

        public void Dispose() => _taken.ForEach(place => place.Release());
    }
}
