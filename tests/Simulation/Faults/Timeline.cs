namespace Simulation.Faults;

/// <summary>
/// Virtual time and the only thread of a history. What waits is an entry of a queue ordered by time; code that awaits goes on here, in the order in which it was woken, before the next entry.
/// So a history is a function of its plan and its seed.
/// </summary>
internal sealed class Timeline : SynchronizationContext
{
    private readonly PriorityQueue<Entry, (long Due, long Number)> _waiting = new();
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _ready = new();
    private long _number;
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private volatile Exception? _strayed;
    private bool _stopped;

    public static DateTimeOffset Start { get; } = new(2026, 1, 2, 9, 0, 0, TimeSpan.Zero);

    public DateTimeOffset Now { get; private set; } = Start;

    /// <summary>Entries done so far.</summary>
    public int Steps { get; private set; }

    /// <summary>Does something later.</summary>
    /// <returns>Takes it back when disposed of.</returns>
    public IDisposable After(TimeSpan delay, Action action)
    {
        var entry = new Entry { Action = action };
        _waiting.Enqueue(entry, ((Now + delay).UtcTicks, _number++));
        return entry;
    }

    /// <summary>Nothing happens any more.</summary>
    public void Stop() => _stopped = true;

    /// <summary>Goes on until nothing is left to happen.</summary>
    /// <returns>False if that was not so after <paramref name="most"/> entries.</returns>
    public bool RunToQuiet(int most)
    {
        var outer = Current;
        SetSynchronizationContext(this);
        try
        {
            _stopped = false;
            GoOn();
            for (var left = most; !_stopped && _strayed is null && _waiting.TryDequeue(out var entry, out var due);)
            {
                if (entry.Action is not { } action)
                {
                    continue;
                }

                if (left-- == 0)
                {
                    return false;
                }

                Now = new DateTimeOffset(Math.Max(due.Due, Now.UtcTicks), TimeSpan.Zero);
                Steps++;
                action();
                GoOn();
            }

            return _strayed is null ? true : throw _strayed;
        }
        finally
        {
            SetSynchronizationContext(outer);
        }
    }

    /// <exception cref="InvalidOperationException">Code of the history went on another thread: it would not be the same history again.</exception>
    public override void Post(SendOrPostCallback d, object? state)
    {
        if (Environment.CurrentManagedThreadId != _thread)
        {
            _strayed = new InvalidOperationException($"Something of the history went on outside its thread: {Environment.StackTrace}");
            return;
        }

        _ready.Enqueue((d, state));
    }

    /// <summary>Wakes whoever waits for a task. Without a context, libraries that captured none go on within this call; everybody else is posted.</summary>
    public static void Wake(Action complete)
    {
        var outer = Current;
        SetSynchronizationContext(null);
        try
        {
            complete();
        }
        finally
        {
            SetSynchronizationContext(outer);
        }
    }

    private void GoOn()
    {
        while (_ready.TryDequeue(out var next))
        {
            next.Callback(next.State);
        }
    }

    private sealed class Entry : IDisposable
    {
        public Action? Action { get; set; }

        public void Dispose() => Action = null;
    }
}
