namespace Sidecar.Components.Redis;

/// <summary>What waits for the next replies of a connection.</summary>
internal abstract class PendingReply
{
    /// <summary>Takes one reply; true when it was the last one it waits for.</summary>
    public abstract bool Take(RedisReply reply);

    /// <summary>There will be no reply.</summary>
    public abstract void Fail(Exception error);
}

/// <summary>Waits for one reply.</summary>
internal sealed class OneReply : PendingReply
{
    private readonly TaskCompletionSource<RedisReply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The reply.</summary>
    public Task<RedisReply> Task => _reply.Task;

    /// <inheritdoc/>
    public override bool Take(RedisReply reply)
    {
        _reply.TrySetResult(reply);
        return true;
    }

    /// <inheritdoc/>
    public override void Fail(Exception error) => _reply.TrySetException(error);
}

/// <summary>Waits for the replies of a batch.</summary>
internal sealed class ManyReplies(int count) : PendingReply
{
    private readonly TaskCompletionSource<RedisReply[]> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly RedisReply[] _replies = new RedisReply[count];
    private int _taken;

    /// <summary>The replies, one for each command.</summary>
    public Task<RedisReply[]> Task => _done.Task;

    /// <inheritdoc/>
    public override bool Take(RedisReply reply)
    {
        _replies[_taken++] = reply;
        if (_taken < _replies.Length)
            return false;
        _done.TrySetResult(_replies);
        return true;
    }

    /// <inheritdoc/>
    public override void Fail(Exception error) => _done.TrySetException(error);
}
