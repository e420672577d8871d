namespace Sidecar.Components.EmbeddedPubSub;

/// <summary>
/// The one thread that writes. While it flushes, further publishes queue up, and the next flush takes them all: that is the group commit.
/// Between commits it writes the group journal and sweeps the log.
/// </summary>
internal sealed class LogWriter
{
    /// <summary>Publishers wait when this many bytes are queued for the disk.</summary>
    private const long MaxQueuedBytes = 64 << 20;

    // Real time, whatever clock the broker has: these only bound how much is written again after a crash.
    private const long JournalPauseMs = 20;
    private const long JournalFlushMs = 1000;
    private readonly EmbeddedBroker _broker;
    private readonly object _lock = new();
    private readonly Thread _thread;
    private List<PublishBatch> _queue = [];
    private List<PublishBatch> _committing = [];
    private TaskCompletionSource? _room;
    private long _queuedBytes;
    private bool _journalDirty;
    private bool _sweep;
    private bool _stop;

    public LogWriter(EmbeddedBroker broker)
    {
        _broker = broker;
        _thread = new Thread(Run) { IsBackground = true, Name = "broker log writer" };
    }

    public void Start() => _thread.Start();

    public async Task WriteAsync(PublishBatch batch, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task room;
            lock (_lock)
            {
                ObjectDisposedException.ThrowIf(_stop, _broker);
                if (_queuedBytes < MaxQueuedBytes)
                {
                    _queue.Add(batch);
                    _queuedBytes += batch.Length;
                    if (_queue.Count == 1)
                        Monitor.Pulse(_lock);
                    break;
                }

                _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                room = _room.Task;
            }

            await room.WaitAsync(cancellationToken);
        }

        // From here on the message is written whatever the caller does.
        await batch.Done.Task;
    }

    public void JournalChanged()
    {
        if (Volatile.Read(ref _journalDirty))
            return;
        lock (_lock)
        {
            _journalDirty = true;
            Monitor.Pulse(_lock);
        }
    }

    public void RequestSweep()
    {
        lock (_lock)
        {
            _sweep = true;
            Monitor.Pulse(_lock);
        }
    }

    /// <summary>Writes what is queued and ends.</summary>
    public async Task StopAsync()
    {
        lock (_lock)
        {
            _stop = true;
            Monitor.Pulse(_lock);
        }

        await Task.Run(_thread.Join);
    }

    private void Run()
    {
        var lastJournal = Environment.TickCount64;
        var lastFlush = lastJournal;
        var unflushed = false;
        while (true)
        {
            bool journal, sweep, stop;
            lock (_lock)
            {
                while (_queue.Count == 0 && !_stop && !_sweep && !JournalDue(lastJournal, lastFlush, unflushed, out var wait))
                {
                    Monitor.Wait(_lock, wait);
                }

                (_queue, _committing) = (_committing, _queue);
                _queuedBytes = 0;
                _room?.TrySetResult();
                _room = null;
                stop = _stop;
                sweep = _sweep;
                _sweep = false;
                journal = stop || sweep || JournalDue(lastJournal, lastFlush, unflushed, out _);
                if (journal)
                    Volatile.Write(ref _journalDirty, false);
            }

            if (_committing.Count > 0)
            {
                _broker.Commit(_committing);
                _committing.Clear();
            }

            if (journal)
            {
                lastJournal = Environment.TickCount64;
                var flush = stop || lastJournal - lastFlush >= JournalFlushMs;
                // What could not be written is tried again with the next flush, a second later.
                unflushed = !_broker.WriteJournal(flush, sweep) || !flush;
                if (flush)
                    lastFlush = lastJournal;
            }

            if (stop)
                return;
        }
    }

    private bool JournalDue(long lastJournal, long lastFlush, bool unflushed, out int wait)
    {
        var now = Environment.TickCount64;
        var due = _journalDirty ? lastJournal + JournalPauseMs : unflushed ? lastFlush + JournalFlushMs : long.MaxValue;
        wait = due == long.MaxValue ? Timeout.Infinite : (int)Math.Max(1, due - now);
        return due <= now;
    }
}
