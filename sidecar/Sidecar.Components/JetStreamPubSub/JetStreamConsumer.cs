using Microsoft.Extensions.Logging;
using Sidecar.Components.Nats;

namespace Sidecar.Components.JetStreamPubSub;

/// <summary>
/// The server's side of one subscription. A durable consumer that exists is joined when its settings are ours, whoever made it: its deliver subject stays, so that instances of one queue
/// group share its messages. An ephemeral one belongs to this subscription alone and goes on where it stood when it has to be made again.
/// </summary>
internal sealed class JetStreamConsumer(JetStreamApi api, JetStreamOptions options, string topic, Action<NatsMessage> onMessage, ILogger logger)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    // Another instance that has just let go of the consumer is still seen for a moment.
    private const int BindTries = 20;
    private readonly Lock _gate = new();
    private readonly SortedSet<ulong> _open = [];
    private readonly ConsumerConfig _wanted = options.Consumer with { FilterSubject = topic };
    private NatsSubscription? _subscription;
    private string _stream = "";
    private string _name = "";
    private ulong _lastSeen;

    private bool IsDurable => _wanted.Durable is not null;

    /// <summary>Finds or makes the consumer and listens to it.</summary>
    /// <exception cref="NatsException">There is no stream, or the consumer is another's; the message says what to do.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _stream = options.Stream ?? await api.FindStreamAsync(topic, cancellationToken);
        for (var i = 1; ; i++)
        {
            var found = IsDurable ? await api.GetConsumerAsync(_stream, _wanted.Durable!, cancellationToken) : null;
            try
            {
                if (found is null)
                    await CreateAsync(_wanted, NatsConnection.NewInbox(), cancellationToken);
                else
                    Join(found);
                return;
            }
            catch (JetStreamException error) when (i < BindTries && (found is null ? IsTaken(error) : error.Number == ApiError.ConsumerAlreadyExists))
            {
                await Task.Delay(s_pause, api.Connection.Time, cancellationToken);
            }
        }
    }

    /// <summary>After a reconnect: a consumer that is gone is made again, one that moved is followed.</summary>
    /// <exception cref="NatsException">It cannot be done now.</exception>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        var listening = _subscription!;
        var found = await api.GetConsumerAsync(_stream, _name, cancellationToken);
        if (found is null)
        {
            JetStreamLog.ConsumerMadeAgain(logger, _name, _stream, topic);
            api.Connection.Unsubscribe(listening);
            await CreateAsync(Continued(), listening.Subject, cancellationToken);
        }
        else if (found.Config.DeliverSubject != listening.Subject)
        {
            api.Connection.Unsubscribe(listening);
            Join(found);
        }
    }

    /// <summary>Stops listening; an ephemeral consumer goes away.</summary>
    public void StopListening()
    {
        if (_subscription is { } subscription)
            api.Connection.Unsubscribe(subscription);
    }

    /// <summary>Deletes an ephemeral consumer; a durable one stays for whoever comes next.</summary>
    public async Task ReleaseAsync()
    {
        if (IsDurable)
            return;
        try
        {
            await api.DeleteConsumerAsync(_stream, _name, CancellationToken.None);
        }
        catch (NatsException error)
        {
            JetStreamLog.ConsumerNotDeleted(logger, _name, error.Message);
        }
    }

    /// <summary>A message came; where an ephemeral consumer would go on follows from what is not settled.</summary>
    public void Begin(ulong sequence)
    {
        if (IsDurable)
            return;
        lock (_gate)
        {
            _lastSeen = Math.Max(_lastSeen, sequence);
            _open.Add(sequence);
        }
    }

    /// <summary>A message is done, for good.</summary>
    public void Settle(ulong sequence)
    {
        if (IsDurable)
            return;
        lock (_gate)
        {
            _open.Remove(sequence);
        }
    }

    private async Task CreateAsync(ConsumerConfig config, string inbox, CancellationToken cancellationToken)
    {
        // Listening first keeps another instance from taking the new consumer over, and nothing is delivered into the void.
        _subscription = api.Connection.Subscribe(inbox, config.DeliverGroup, onMessage);
        try
        {
            _name = (await api.CreateConsumerAsync(_stream, config with { DeliverSubject = inbox }, cancellationToken)).Name;
        }
        catch
        {
            api.Connection.Unsubscribe(_subscription);
            throw;
        }
    }

    private void Join(ConsumerInfo found)
    {
        if (ConsumerDifference.Find(found.Config, _wanted) is { } difference)
        {
            throw new JetStreamException(
                $"consumer '{found.Name}' of stream '{_stream}' exists with other settings: {difference}; give back the old setting, or delete the consumer (`nats consumer rm {_stream} {found.Name}`) "
                + "and it starts again as deliverPolicy says");
        }

        if (found.Config.DeliverSubject is not { } subject)
            throw new JetStreamException($"consumer '{found.Name}' of stream '{_stream}' is a pull consumer, and Dapr needs a push consumer: choose another durableName");
        if (found.Config.DeliverGroup is null && found.PushBound)
        {
            throw new JetStreamException(
                $"consumer '{found.Name}' of stream '{_stream}' already has a subscriber: set queueGroupName, so that several instances share it", ApiError.ConsumerAlreadyExists);
        }

        _name = found.Name;
        _subscription = api.Connection.Subscribe(subject, found.Config.DeliverGroup, onMessage);
    }

    private ConsumerConfig Continued()
    {
        lock (_gate)
        {
            if (IsDurable || _lastSeen == 0)
                return _wanted;
            var next = _open.Count > 0 ? _open.Min : _lastSeen + 1;
            _open.Clear();
            return _wanted with { DeliverPolicy = "by_start_sequence", StartSequence = next, StartTime = null };
        }
    }

    private bool IsTaken(JetStreamException error) => IsDurable && error.Number is ApiError.ConsumerNameInUse or ApiError.ConsumerAlreadyExists;
}
