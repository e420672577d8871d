namespace Sidecar.Runtime.Actors;

/// <summary>An actor that takes no more calls: the caller looks for it again, where it may be by then.</summary>
internal sealed class ActorClosedException() : Exception("the actor is being deactivated");

/// <summary>
/// Lets the calls of one actor in one at a time, in the order they came. A call that belongs to the chain under way is let in at once when the type is
/// reentrant: Dapr tells chains apart by the header <c>Dapr-Reentrancy-Id</c>.
/// </summary>
internal sealed class ActorTurns(bool isReentrant, int maxDepth)
{
    private readonly Lock _gate = new();
    private Turn? _current;
    private LinkedList<Turn>? _waiting;
    private TaskCompletionSource? _emptied;
    private bool _closed;

    /// <summary>Waits for a turn.</summary>
    /// <exception cref="ActorClosedException">The actor takes no more calls.</exception>
    /// <exception cref="Errors.DaprApiException">The chain has come back too often.</exception>
    public async ValueTask<Turn> EnterAsync(string? chain, CancellationToken cancellationToken)
    {
        var turn = Take(chain, out var started);
        if (started.IsCompletedSuccessfully)
            return turn;
        try
        {
            await started.WaitAsync(cancellationToken);
            return turn;
        }
        catch
        {
            Leave(turn);
            throw;
        }
    }

    /// <summary>Ends a call; the next in line is let in when it was the last of its chain.</summary>
    public void Leave(Turn turn)
    {
        lock (_gate)
        {
            if (--turn.Depth > 0)
                return;
            if (turn == _current)
                LetNextIn();
            else
                _waiting?.Remove(turn);
        }
    }

    /// <summary>Lets nobody in any more if nobody is in.</summary>
    public bool TryCloseIdle()
    {
        lock (_gate)
        {
            if (_current is not null)
                return false;
            _closed = true;
            return true;
        }
    }

    /// <summary>Sends away who waits; completes when the call under way has ended.</summary>
    public Task CloseAsync()
    {
        lock (_gate)
        {
            _closed = true;
            foreach (var turn in _waiting ?? [])
                turn.Started.TrySetException(new ActorClosedException());
            _waiting = null;
            return _current is null ? Task.CompletedTask : (_emptied ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    private Turn Take(string? chain, out Task started)
    {
        lock (_gate)
        {
            var turn = isReentrant && chain is not null ? Find(chain) : null;
            if (turn is not null)
            {
                if (turn.Depth >= maxDepth)
                    throw ActorErrors.StackDepth();
                turn.Depth++;
            }
            else if (_closed)
            {
                throw new ActorClosedException();
            }
            else
            {
                turn = new Turn(chain);
                if (_current is null)
                    _current = turn;
                else
                    (_waiting ??= new LinkedList<Turn>()).AddLast(turn);
            }

            started = turn == _current ? Task.CompletedTask : turn.Started.Task;
            return turn;
        }
    }

    private Turn? Find(string chain)
    {
        if (_current?.Chain == chain)
            return _current;
        return _waiting?.FirstOrDefault(turn => turn.Chain == chain);
    }

    private void LetNextIn()
    {
        _current = _waiting?.First?.Value;
        if (_current is null)
        {
            _emptied?.TrySetResult();
            return;
        }

        _waiting!.RemoveFirst();
        _current.Started.TrySetResult();
    }

    /// <summary>The turn of one chain of calls.</summary>
    internal sealed class Turn(string? chain)
    {
        private TaskCompletionSource? _started;

        /// <summary>Id of the chain, or null where reentrancy is off.</summary>
        public string? Chain { get; } = chain;

        /// <summary>Calls of the chain that are in or wait.</summary>
        public int Depth { get; set; } = 1;

        /// <summary>Completed when it is let in; asked for under the gate only.</summary>
        public TaskCompletionSource Started => _started ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
