using System.Text;
using Sidecar.Runtime.PubSub;

namespace Conformance;

/// <summary>A handler that keeps what it gets and lets a test wait for it.</summary>
public sealed class Inbox
{
    private readonly Lock _lock = new();
    private readonly List<PubSubMessage> _messages = [];
    private readonly List<(int Count, TaskCompletionSource Reached)> _waits = [];

    /// <summary>Runs before a message counts as got; throwing fails the delivery.</summary>
    public Func<PubSubMessage, Task> Handle { get; set; } = _ => Task.CompletedTask;

    public IReadOnlyList<string> Texts
    {
        get
        {
            lock (_lock)
                return [.. _messages.Select(message => Encoding.UTF8.GetString(message.Data.Span))];
        }
    }

    public IReadOnlyList<PubSubMessage> Messages
    {
        get
        {
            lock (_lock)
                return [.. _messages];
        }
    }

    public async Task HandleAsync(PubSubMessage message, CancellationToken cancellationToken)
    {
        await Handle(message);
        Take(message);
    }

    public async Task<IReadOnlyList<Exception?>> HandleBulkAsync(IReadOnlyList<PubSubMessage> messages, CancellationToken cancellationToken)
    {
        var outcomes = new Exception?[messages.Count];
        for (var i = 0; i < outcomes.Length; i++)
        {
            try
            {
                await Handle(messages[i]);
                Take(messages[i]);
            }
            catch (InvalidOperationException exception)
            {
                outcomes[i] = exception;
            }
        }

        return outcomes;
    }

    public Task WaitForAsync(int count)
    {
        lock (_lock)
        {
            if (_messages.Count >= count)
                return Task.CompletedTask;
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waits.Add((count, reached));
            return reached.Task.WaitAsync(TimeSpan.FromSeconds(60));
        }
    }

    private void Take(PubSubMessage message)
    {
        lock (_lock)
        {
            _messages.Add(message);
            foreach (var wait in _waits.Where(wait => _messages.Count >= wait.Count).ToList())
            {
                _waits.Remove(wait);
                wait.Reached.SetResult();
            }
        }
    }
}
