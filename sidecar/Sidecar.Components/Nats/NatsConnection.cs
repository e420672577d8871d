using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Sidecar.Components.Nats;

/// <summary>
/// A connection to a NATS server or cluster that comes back when it is lost: subscriptions are made again, callers wait a bounded time for it. It stands in for the NATS.Net client,
/// which not every package source has; it holds what JetStream push consumers need, and no more.
/// </summary>
internal sealed class NatsConnection : IAsyncDisposable
{
    private const string InboxLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private readonly NatsOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly Dictionary<long, NatsSubscription> _subscriptions = [];
    private readonly NatsRequests _requests = new();
    private readonly NatsServers _servers;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _running;
    private TaskCompletionSource<NatsLink> _link = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _pong;
    private string _lastProblem = "not connected yet";
    private long _lastSid;

    private NatsConnection(NatsOptions options, TimeProvider time, ILogger logger)
    {
        (_options, _time, _logger) = (options, time, logger);
        _servers = new NatsServers(options.Servers);
        Subscribe(_requests.InboxSubject, null, _requests.Answer);
        _running = Task.Run(RunAsync);
    }

    /// <summary>Raised after the connection came back and subscriptions stand again; handlers must not wait.</summary>
    public event Action? Reconnected;

    /// <summary>The servers, for messages.</summary>
    public string Address => _options.Address;

    /// <summary>How long a request waits for its answer.</summary>
    public TimeSpan RequestTimeout => _options.RequestTimeout;

    /// <summary>Clock.</summary>
    public TimeProvider Time => _time;

    /// <summary>Begins to connect; <see cref="WaitUntilOpenAsync"/> tells when it is there.</summary>
    public static NatsConnection Start(NatsOptions options, TimeProvider time, ILogger logger) => new(options, time, logger);

    /// <summary>A subject nobody else has.</summary>
    public static string NewInbox() => "_INBOX." + RandomNumberGenerator.GetString(InboxLetters, 22);

    /// <summary>Waits for the first connection.</summary>
    /// <exception cref="NatsRefusedException">The server does not want us: wrong credentials, no TLS, a certificate nobody trusts.</exception>
    /// <exception cref="NatsException">No server answered until the token was cancelled.</exception>
    public async Task WaitUntilOpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _first.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException error) when (!_stop.IsCancellationRequested)
        {
            throw new NatsException(_lastProblem, error);
        }
    }

    /// <summary>Subscribes, now if connected, and again after every reconnect.</summary>
    public NatsSubscription Subscribe(string subject, string? queue, Action<NatsMessage> onMessage)
    {
        var subscription = new NatsSubscription(Interlocked.Increment(ref _lastSid), subject, queue, onMessage);
        lock (_gate)
        {
            _subscriptions.Add(subscription.Sid, subscription);
            if (_link.Task is { IsCompletedSuccessfully: true, Result: var link })
                link.Subscribe(subscription);
        }

        return subscription;
    }

    /// <summary>Ends a subscription; nothing comes after it.</summary>
    public void Unsubscribe(NatsSubscription subscription)
    {
        lock (_gate)
        {
            if (_subscriptions.Remove(subscription.Sid) && _link.Task is { IsCompletedSuccessfully: true, Result: var link })
                link.Unsubscribe(subscription.Sid);
        }
    }

    /// <summary>Publishes without an answer; waits at most <see cref="RequestTimeout"/> for a lost connection.</summary>
    /// <exception cref="NatsException">Not connected, or the message is over the server's limit.</exception>
    public async ValueTask PublishAsync(string subject, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        NatsCommands.CheckSubject(subject);
        while (true)
        {
            var link = await LinkAsync(cancellationToken);
            CheckSize(link, payload.Length);
            if (link.Publish(subject, null, default, payload.Span))
                return;
            await Task.Yield();
        }
    }

    /// <summary>Sends a request; its answer is waited for through what comes back, so that many can be under way.</summary>
    /// <exception cref="NatsException">Not connected, or the message is over the server's limit.</exception>
    public async ValueTask<NatsRequest> BeginRequestAsync(string subject, ReadOnlyMemory<byte> headers, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        NatsCommands.CheckSubject(subject);
        while (true)
        {
            var link = await LinkAsync(cancellationToken);
            CheckSize(link, headers.Length + payload.Length);
            await link.RoomAsync(cancellationToken);
            var (request, reply) = _requests.Open(subject, link);
            if (link.Publish(subject, reply, headers.Span, payload.Span))
                return request;
            request.Dispose();
            await Task.Yield();
        }
    }

    /// <summary>Sends a request and waits for its answer, at most <see cref="RequestTimeout"/>.</summary>
    /// <exception cref="NatsException">No connection, no responder, or no answer in time.</exception>
    public async Task<NatsMessage> RequestAsync(string subject, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        using var request = await BeginRequestAsync(subject, default, payload, cancellationToken);
        try
        {
            return await request.Answer.WaitAsync(RequestTimeout, _time, cancellationToken);
        }
        catch (TimeoutException error)
        {
            throw new NatsException($"no answer on '{subject}' within {RequestTimeout.TotalSeconds:0.#} s", error);
        }
    }

    /// <summary>Waits until the server has read everything sent before.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        var link = await LinkAsync(cancellationToken);
        Task pong;
        lock (_gate)
        {
            pong = (_pong ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        link.Ping();
        await pong.WaitAsync(RequestTimeout, _time, cancellationToken);
    }

    /// <summary>Sends what is unsent, then closes.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
            return;
        if (_link.Task.IsCompletedSuccessfully)
        {
            try
            {
                await FlushAsync(CancellationToken.None).WaitAsync(_options.ConnectTimeout, _time);
            }
            catch (Exception error) when (error is TimeoutException or NatsException)
            {
                NatsLog.Lost(_logger, Address, error.Message);
            }
        }

        await _stop.CancelAsync();
        if (_link.Task is { IsCompletedSuccessfully: true, Result: var link })
            link.Close();
        await _running;
        _stop.Dispose();
    }

    private async ValueTask<NatsLink> LinkAsync(CancellationToken cancellationToken)
    {
        var link = _link.Task;
        if (link.IsCompletedSuccessfully)
            return await link;
        try
        {
            return await link.WaitAsync(RequestTimeout, _time, cancellationToken);
        }
        catch (TimeoutException error)
        {
            throw new NatsException($"not connected: {_lastProblem}", error);
        }
    }

    private static void CheckSize(NatsLink link, int size)
    {
        if (size > link.Info.MaxPayload)
            throw new NatsException($"the message has {size} bytes with its headers, and the server takes {link.Info.MaxPayload} (max_payload in its configuration)");
    }

    private async Task RunAsync()
    {
        var pause = _options.ShortestPause;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var link = await _servers.OpenAsync(_options, _time, _stop.Token);
                pause = _options.ShortestPause;
                await ServeAsync(link);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                break;
            }
            catch (NatsException error)
            {
                NoteFailedTry(error);
                if (error is NatsRefusedException && _first.TrySetException(error))
                    break;
            }

            await Task.Delay(pause * (0.75 + (Random.Shared.NextDouble() / 2)), _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, _options.LongestPause.Ticks));
        }

        _first.TrySetCanceled();
        _link.TrySetException(new NatsException($"the connection to {Address} is closed"));
        _ = _link.Task.Exception;
    }

    private void NoteFailedTry(NatsException error)
    {
        // Once for each new reason: tries go on for as long as the server is away.
        if (_first.Task.IsCompletedSuccessfully && _lastProblem != error.Message)
            NatsLog.StillDown(_logger, Address, error.Message);
        _lastProblem = error.Message;
    }

    private async Task ServeAsync(NatsLink link)
    {
        await using var _ = link;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        lock (_gate)
        {
            foreach (var subscription in _subscriptions.Values)
            {
                link.Subscribe(subscription);
            }

            _link.TrySetResult(link);
        }

        NatsLog.Connected(_logger, Address);
        try
        {
            var reading = link.ReadAsync(OnMessage, OnError, OnInfo, OnPong);
            var alive = link.KeepAliveAsync(_options.PingInterval, ended.Token);
            if (!_first.TrySetResult())
                Reconnected?.Invoke();
            await reading;
            await ended.CancelAsync();
            await alive.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            lock (_gate)
            {
                _link = new TaskCompletionSource<NatsLink>(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }

        var reason = link.Failure?.Message ?? "the server closed it";
        _requests.FailOf(link, reason);
        _lastProblem = $"the connection to {Address} was lost: {reason}";
        if (!_stop.IsCancellationRequested)
            NatsLog.Lost(_logger, Address, reason);
    }

    private void OnMessage(NatsFrame frame)
    {
        NatsSubscription? subscription;
        lock (_gate)
        {
            _subscriptions.TryGetValue(frame.Sid, out subscription);
        }

        try
        {
            subscription?.OnMessage(NatsMessage.Copy(frame));
        }
        catch (Exception error)
        {
            // One subscriber's fault must not end the connection of all.
            NatsLog.HandlerFailed(_logger, frame.Text, error);
        }
    }

    private void OnError(string text)
    {
        NatsLog.ServerError(_logger, Address, text);
        // Permissions Violation for Publish to "subject": the server sends no other answer.
        const string forbidden = "Permissions Violation for Publish to \"";
        if (text.StartsWith(forbidden, StringComparison.OrdinalIgnoreCase) && text.IndexOf('"', forbidden.Length) is > 0 and var end)
            _requests.FailTo(text[forbidden.Length..end], text);
    }

    private void OnInfo(NatsServerInfo info)
    {
        _servers.Learn(info.ConnectUrls);
        if (info.IsLeaving)
            NatsLog.Leaving(_logger, Address);
    }

    private void OnPong()
    {
        lock (_gate)
        {
            _pong?.TrySetResult();
            _pong = null;
        }
    }
}
