namespace Sidecar.Cli.Messages;

/// <summary>The messages of a run: asked of its host while it runs, read from its files when it is stopped.</summary>
internal interface IMessages : IAsyncDisposable
{
    /// <summary>What waits, by topic and group.</summary>
    Task<PendingView> PendingAsync(CancellationToken cancellationToken);

    /// <summary>Dead letters, oldest first.</summary>
    Task<IReadOnlyList<LetterView>> DeadAsync(CancellationToken cancellationToken);

    /// <summary>One dead letter; null when there is none of that name.</summary>
    Task<LetterDetail?> ShowAsync(string id, CancellationToken cancellationToken);

    /// <summary>Delivers it once more to the group that could not take it.</summary>
    Task<Settled> ReplayAsync(string id, CancellationToken cancellationToken);

    /// <summary>Forgets it.</summary>
    Task<Settled> DiscardAsync(string id, CancellationToken cancellationToken);
}
