using System.Collections.Concurrent;
using System.Globalization;

namespace Sidecar.Components.Nats;

/// <summary>A request under way. Dispose it when nobody waits any more.</summary>
internal sealed class NatsRequest(NatsRequests owner, long number, string subject, NatsLink link) : IDisposable
{
    private readonly TaskCompletionSource<NatsMessage> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Subject { get; } = subject;

    /// <summary>The link it went out on.</summary>
    public NatsLink Link { get; } = link;

    /// <summary>The answer, or <see cref="NatsNoRespondersException"/> or <see cref="NatsConnectionLostException"/>.</summary>
    public Task<NatsMessage> Answer => _answer.Task;

    public void Complete(NatsMessage message) => _answer.TrySetResult(message);

    public void Fail(NatsException error)
    {
        if (_answer.TrySetException(error))
        {
            // Nobody may be waiting any more.
            _ = _answer.Task.Exception;
        }
    }

    public void Dispose() => owner.Forget(number);
}

/// <summary>All requests of a connection share one inbox; the last part of the reply subject says which request an answer is for.</summary>
internal sealed class NatsRequests
{
    private readonly ConcurrentDictionary<long, NatsRequest> _open = new();
    private readonly string _prefix = NatsConnection.NewInbox() + ".";
    private long _last;

    public string InboxSubject => _prefix + "*";

    public (NatsRequest Request, string Reply) Open(string subject, NatsLink link)
    {
        var number = Interlocked.Increment(ref _last);
        var request = new NatsRequest(this, number, subject, link);
        _open[number] = request;
        return (request, _prefix + number.ToString(CultureInfo.InvariantCulture));
    }

    public void Answer(NatsMessage message)
    {
        if (!long.TryParse(message.Subject.AsSpan(_prefix.Length), CultureInfo.InvariantCulture, out var number) || !_open.TryRemove(number, out var request))
            return;
        if (message.HasStatus && message.Headers.Status == NatsHeaders.NoResponders)
            request.Fail(new NatsNoRespondersException(request.Subject));
        else
            request.Complete(message);
    }

    public void FailOf(NatsLink link, string reason) => FailWhere(request => request.Link == link, request => new NatsConnectionLostException($"the connection was lost before '{request.Subject}' was answered: {reason}"));

    public void FailTo(string subject, string problem) => FailWhere(request => request.Subject == subject, _ => new NatsException($"the server reports: {problem}"));

    public void Forget(long number) => _open.TryRemove(number, out _);

    private void FailWhere(Func<NatsRequest, bool> which, Func<NatsRequest, NatsException> error)
    {
        foreach (var (number, request) in _open)
        {
            if (which(request) && _open.TryRemove(number, out _))
                request.Fail(error(request));
        }
    }
}
