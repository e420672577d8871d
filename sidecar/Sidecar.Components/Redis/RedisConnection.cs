using System.Buffers;

namespace Sidecar.Components.Redis;

/// <summary>
/// One connection. Commands of all callers go out as they come, many in one write when the network is the slower one; replies come back in the same order.
/// Once lost it stays lost.
/// </summary>
internal sealed class RedisConnection : IAsyncDisposable
{
    private const int KeptBuffer = 1 << 20;
    private readonly Lock _lock = new();
    private readonly Queue<PendingReply> _pending = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly RedisOptions _options;
    private readonly TimeProvider _time;
    private readonly Stream _stream;
    private readonly ITimer? _watch;
    private ArrayBufferWriter<byte> _outgoing = new(4096);
    private ArrayBufferWriter<byte> _spare = new(4096);
    private Task _reading = Task.CompletedTask;
    private Task _flushing = Task.CompletedTask;
    private bool _isFlushing;
    private long _writeStarted;
    private long _lastProgress;
    private RedisUnavailableException? _lost;

    private RedisConnection(RedisOptions options, Stream stream, TimeProvider time)
    {
        (_options, _stream, _time) = (options, stream, time);
        var shortest = new[] { options.ReadTimeout, options.WriteTimeout }.Where(limit => limit > TimeSpan.Zero).DefaultIfEmpty(TimeSpan.Zero).Min();
        if (shortest > TimeSpan.Zero)
            _watch = time.CreateTimer(_ => CheckProgress(), null, shortest / 4, shortest / 4);
    }

    /// <summary>Gets what the server says without being asked, once the connection listens to channels.</summary>
    public Action<RedisReply>? Pushed { get; set; }

    /// <summary>False once the connection is lost or closed.</summary>
    public bool IsAlive => Volatile.Read(ref _lost) is null;

    /// <summary>Dials, logs in, selects the database and hears that the server serves.</summary>
    /// <exception cref="RedisUnavailableException">No connection, or a server that is still loading its data.</exception>
    /// <exception cref="RedisRefusalException">Wrong credentials, or no such database.</exception>
    public static async Task<RedisConnection> OpenAsync(RedisOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.DialTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        RedisConnection? connection = null;
        try
        {
            connection = new RedisConnection(options, await RedisTransport.DialAsync(options, either.Token), time);
            connection._reading = Task.Run(connection.ReadAsync, CancellationToken.None);
            await connection.GreetAsync(either.Token);
            return connection;
        }
        catch (Exception error)
        {
            if (connection is not null)
                await connection.DisposeAsync();
            if (error is OperationCanceledException && !cancellationToken.IsCancellationRequested)
                throw new RedisUnavailableException(options.Address, $"did not take the connection within {options.DialTimeout.TotalSeconds:0.###} s (dialTimeout)", inner: error);
            throw;
        }
    }

    /// <summary>Sends one command.</summary>
    /// <exception cref="RedisUnavailableException">The connection is lost; thrown at once when it was lost before.</exception>
    public Task<RedisReply> SendAsync(params ReadOnlySpan<RedisArgument> command)
    {
        var pending = new OneReply();
        bool begin;
        lock (_lock)
        {
            begin = Enqueue(pending);
            RespWriter.Write(_outgoing, command);
        }

        if (begin)
            _flushing = FlushAsync();
        return pending.Task;
    }

    /// <summary>Sends a batch; nobody's command comes between.</summary>
    /// <exception cref="RedisUnavailableException">As for one command.</exception>
    public Task<RedisReply[]> SendAsync(RedisBatch batch)
    {
        var pending = new ManyReplies(batch.Count);
        bool begin;
        lock (_lock)
        {
            begin = Enqueue(pending);
            _outgoing.Write(batch.Encoded.Span);
        }

        if (begin)
            _flushing = FlushAsync();
        return pending.Task;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Lose("was left by this client", null);
        await _reading;
        await _flushing;
    }

    private bool Enqueue(PendingReply pending)
    {
        if (_lost is { } lost)
            throw new RedisUnavailableException(_options.Address, "is not connected", inner: lost);
        if (_pending.Count == 0)
            _lastProgress = _time.GetTimestamp();
        _pending.Enqueue(pending);
        var begin = !_isFlushing;
        _isFlushing = true;
        return begin;
    }

    private async Task GreetAsync(CancellationToken cancellationToken)
    {
        var greeting = new RedisBatch();
        if (_options.Password is { } password)
        {
            if (_options.Username is { } username)
                greeting.Add("AUTH", username, password);
            else
                greeting.Add("AUTH", password);
        }

        if (_options.Database > 0)
            greeting.Add("SELECT", _options.Database);
        greeting.Add("PING");
        foreach (var reply in await SendAsync(greeting).WaitAsync(cancellationToken))
        {
            if (!reply.IsError)
                continue;
            throw RedisRefusalException.IsPassing(reply.Text)
                ? new RedisUnavailableException(_options.Address, $"is not ready: {reply.Text}")
                : new RedisRefusalException(_options.Address, "the connection", reply.Text);
        }
    }

    private async Task FlushAsync()
    {
        try
        {
            while (true)
            {
                ArrayBufferWriter<byte> full;
                lock (_lock)
                {
                    if (_outgoing.WrittenCount == 0 || _lost is not null)
                    {
                        _isFlushing = false;
                        return;
                    }

                    full = _outgoing;
                    _outgoing = _spare;
                    _writeStarted = _time.GetTimestamp();
                }

                await _stream.WriteAsync(full.WrittenMemory, _closing.Token);
                full.ResetWrittenCount();
                lock (_lock)
                {
                    _spare = full.Capacity <= KeptBuffer ? full : new ArrayBufferWriter<byte>(4096);
                    _writeStarted = 0;
                }
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException)
        {
            Lose($"lost the connection: {error.Message}", error);
        }
    }

    private async Task ReadAsync()
    {
        var reader = new RespReader(_stream) { Progress = () => Volatile.Write(ref _lastProgress, _time.GetTimestamp()) };
        try
        {
            while (true)
            {
                var reply = await reader.ReadAsync(_closing.Token);
                PendingReply? first;
                lock (_lock)
                    _pending.TryPeek(out first);
                if (Pushed is { } pushed && (first is null || IsMessage(reply)))
                {
                    pushed(reply);
                    continue;
                }

                if (first is null)
                    throw new InvalidDataException($"the server said '{reply.Text}' without being asked");
                if (!first.Take(reply))
                    continue;
                lock (_lock)
                    _pending.TryDequeue(out _);
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException or InvalidDataException)
        {
            Lose($"lost the connection: {error.Message}", error);
        }
    }

    private static bool IsMessage(RedisReply reply) =>
        reply.Items is [{ Kind: RedisReplyKind.Bytes } kind, ..] && (kind.Bytes.AsSpan().SequenceEqual("message"u8) || kind.Bytes.AsSpan().SequenceEqual("pmessage"u8));

    private void CheckProgress()
    {
        string? problem = null;
        lock (_lock)
        {
            if (_writeStarted != 0 && _options.WriteTimeout > TimeSpan.Zero && _time.GetElapsedTime(_writeStarted) > _options.WriteTimeout)
                problem = $"took nothing for {_options.WriteTimeout.TotalSeconds:0.###} s (writeTimeout)";
            else if (_pending.Count > 0 && _options.ReadTimeout > TimeSpan.Zero && _time.GetElapsedTime(Volatile.Read(ref _lastProgress)) > _options.ReadTimeout)
                problem = $"did not answer for {_options.ReadTimeout.TotalSeconds:0.###} s (readTimeout)";
        }

        if (problem is not null)
            Lose(problem, null);
    }

    private void Lose(string problem, Exception? error)
    {
        PendingReply[] waiting;
        lock (_lock)
        {
            if (_lost is not null)
                return;
            Volatile.Write(ref _lost, new RedisUnavailableException(_options.Address, problem, maybeDone: true, error));
            waiting = [.. _pending];
            _pending.Clear();
        }

        _watch?.Dispose();
        _closing.Cancel();
        _stream.Dispose();
        foreach (var pending in waiting)
            pending.Fail(_lost);
    }
}
