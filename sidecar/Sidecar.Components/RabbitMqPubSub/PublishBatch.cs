namespace Sidecar.Components.RabbitMqPubSub;

/// <summary>Messages of one publish call and what became of each.</summary>
internal sealed class PublishBatch(int count)
{
    private readonly Exception?[] _errors = new Exception?[count];
    private readonly bool[] _settled = new bool[count];
    private TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _open = count;

    public int Count => _errors.Length;

    /// <summary>Completes when the fate of every message is known.</summary>
    public Task Settled => _all.Task;

    /// <summary>What became of each: null for taken.</summary>
    public IReadOnlyList<Exception?> Errors => _errors;

    public bool IsSettled(int index) => Volatile.Read(ref _settled[index]);

    public void Settle(int index, Exception? error)
    {
        _errors[index] = error;
        Volatile.Write(ref _settled[index], true);
        if (Interlocked.Decrement(ref _open) == 0)
            _all.TrySetResult();
    }

    /// <summary>Opens what was lost again, to be sent once more; false when there is nothing of the kind. Only when everything is settled.</summary>
    public bool ReopenLost()
    {
        var lost = 0;
        for (var i = 0; i < _errors.Length; i++)
        {
            if (_errors[i] is not RabbitMqException { IsFinal: false })
                continue;
            lost++;
            _errors[i] = null;
            _settled[i] = false;
        }

        if (lost == 0)
            return false;
        _open = lost;
        _all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return true;
    }
}
