using Microsoft.Extensions.Logging;

namespace Sidecar.Components.Redis;

/// <summary>
/// A client of one Redis server: commands of all callers share one connection, which is made again when it is lost. It stands in for StackExchange.Redis 2,
/// whose 1.2 is the newest that can be restored everywhere this repository builds, and knows no streams.
/// </summary>
internal sealed partial class RedisClient(RedisOptions options, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _closing = new();
    private RedisConnection? _current;
    private Task<RedisConnection>? _connecting;

    /// <summary>Where the server is.</summary>
    public string Address => options.Address;

    /// <summary>Number of the database.</summary>
    public int Database => options.Database;

    /// <summary>How long a reply may take, which is also how long Dapr lets a blocking read wait.</summary>
    public TimeSpan ReadTimeout => options.ReadTimeout;

    /// <summary>Makes the first connection, trying until <paramref name="patience"/> is over.</summary>
    /// <exception cref="RedisUnavailableException">There was none.</exception>
    /// <exception cref="RedisRefusalException">The server will not have us.</exception>
    public async Task ConnectAsync(TimeSpan patience, CancellationToken cancellationToken) => await CurrentAsync(patience, cancellationToken);

    /// <summary>Runs one command that does no harm when it is done twice: it is sent again when its connection was lost.</summary>
    /// <exception cref="RedisUnavailableException">There is no connection.</exception>
    /// <exception cref="RedisRefusalException">The server refused the command.</exception>
    public Task<RedisReply> CallAsync(RedisArgument[] command, CancellationToken cancellationToken) => CallAsync(command, repeatable: true, cancellationToken);

    /// <summary>Runs one command; one that is not repeatable is sent again only when it certainly was not done.</summary>
    public async Task<RedisReply> CallAsync(RedisArgument[] command, bool repeatable, CancellationToken cancellationToken)
    {
        var reply = await RetryAsync(command, static (connection, words) => connection.SendAsync(words), repeatable, cancellationToken);
        return reply.IsError ? throw Refusal(command[0].ToString(), reply) : reply;
    }

    /// <summary>Runs a batch; the answer has one reply per command, refusals among them.</summary>
    public Task<RedisReply[]> CallAsync(RedisBatch batch, bool repeatable, CancellationToken cancellationToken) =>
        RetryAsync(batch, static (connection, commands) => connection.SendAsync(commands), repeatable, cancellationToken);

    /// <summary>Calls a script with one key.</summary>
    public async Task<RedisReply> EvalAsync(RedisScript script, string key, RedisArgument[] arguments, bool repeatable, CancellationToken cancellationToken)
    {
        try
        {
            return await CallAsync(["EVALSHA", script.Digest, 1, key, .. arguments], repeatable, cancellationToken);
        }
        catch (RedisRefusalException unknown) when (unknown.Is("NOSCRIPT"))
        {
            return await CallAsync(["EVAL", script.Text, 1, key, .. arguments], repeatable, cancellationToken);
        }
    }

    /// <summary>Runs commands as one transaction: nobody's command comes between. What one refuses does not undo the others. The answer has one reply per command.</summary>
    /// <exception cref="RedisRefusalException">The server would not run the transaction at all.</exception>
    public async Task<RedisReply[]> TransactAsync(Action<RedisBatch> commands, CancellationToken cancellationToken)
    {
        var batch = new RedisBatch().Add("MULTI");
        commands(batch);
        batch.Add("EXEC");
        var replies = await CallAsync(batch, repeatable: false, cancellationToken);
        return replies[^1].Kind == RedisReplyKind.Array
            ? replies[^1].Items
            : throw Refusal("the transaction", replies.FirstOrDefault(reply => reply.IsError, replies[^1]));
    }

    /// <summary>A connection of the caller's own, for reads that block at most <paramref name="longestBlock"/>.</summary>
    public Task<RedisConnection> OpenConnectionAsync(TimeSpan longestBlock, CancellationToken cancellationToken) =>
        RedisConnection.OpenAsync(options.ReadTimeout > TimeSpan.Zero ? options with { ReadTimeout = options.ReadTimeout + longestBlock } : options, time, cancellationToken);

    /// <summary>The error for a refusal.</summary>
    public RedisRefusalException Refusal(string command, RedisReply reply) => new(options.Address, command, reply.Text);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Task<RedisConnection>? connecting;
        lock (_lock)
        {
            _closing.Cancel();
            connecting = _connecting;
        }

        if (connecting is not null)
            await connecting.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        if (_current is { } current)
            await current.DisposeAsync();
    }

    private async Task<T> RetryAsync<TCommand, T>(TCommand command, Func<RedisConnection, TCommand, Task<T>> send, bool repeatable, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var connection = _current is { IsAlive: true } alive ? alive : await CurrentAsync(options.DialTimeout, cancellationToken);
            try
            {
                var reply = send(connection, command);
                return await (cancellationToken.CanBeCanceled ? reply.WaitAsync(cancellationToken) : reply);
            }
            catch (RedisUnavailableException lost) when (attempt < options.MaxRetries && (repeatable || !lost.MaybeDone) && !_closing.IsCancellationRequested)
            {
                await Task.Delay(BackOff(attempt), time, cancellationToken);
            }
        }
    }

    private async Task<RedisConnection> CurrentAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        Task<RedisConnection> connecting;
        lock (_lock)
        {
            if (_current is { IsAlive: true } alive)
                return alive;
            ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, this);
            // All who wait for a connection wait for the same one.
            if (_connecting is not { IsCompleted: false })
                _connecting = Task.Run(() => ReconnectAsync(patience), CancellationToken.None);
            connecting = _connecting;
        }

        return await connecting.WaitAsync(cancellationToken);
    }

    private async Task<RedisConnection> ReconnectAsync(TimeSpan patience)
    {
        var start = time.GetTimestamp();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var former = _current;
                var connection = await RedisConnection.OpenAsync(options, time, _closing.Token);
                _current = connection;
                if (former is not null)
                {
                    LogReconnected(Address);
                    await former.DisposeAsync();
                }

                return connection;
            }
            catch (RedisUnavailableException problem)
            {
                if (attempt == 0)
                    LogUnavailable(problem.Message);
                var pause = BackOff(attempt);
                if (time.GetElapsedTime(start) + pause >= patience)
                    throw;
                await Task.Delay(pause, time, _closing.Token);
            }
        }
    }

    private TimeSpan BackOff(int attempt)
    {
        var grown = options.MinRetryInterval * Math.Pow(2, Math.Min(attempt, 20));
        return grown < options.MaxRetryInterval ? grown : options.MaxRetryInterval;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Problem}")]
    private partial void LogUnavailable(string problem);

    [LoggerMessage(Level = LogLevel.Information, Message = "redis at {Address} is connected again")]
    private partial void LogReconnected(string address);
}
