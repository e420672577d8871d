using System.Text.Json;
using Microsoft.Extensions.Logging;
using Sidecar.Components.Nats;
using Sidecar.Runtime.PubSub;

namespace Sidecar.Components.JetStreamPubSub;

/// <summary>
/// Publishes and waits for the stream's answer. A message with an id is sent again when the connection is lost before the answer: the stream knows it by the id (<c>Nats-Msg-Id</c>)
/// and keeps it once.
/// </summary>
internal sealed class JetStreamPublisher(JetStreamApi api, ILogger logger)
{
    private const string MessageId = "Nats-Msg-Id";

    // A server that has just started answers "nobody there" until JetStream is up; the Go client asks three times, too.
    private const int Tries = 3;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(250);

    /// <exception cref="NatsException">The message was not taken, or it is not known whether it was.</exception>
    public async ValueTask PublishAsync(PubSubMessage message, CancellationToken cancellationToken)
    {
        var (headers, hasId) = HeadersOf(message);
        using var request = await api.Connection.BeginRequestAsync(message.Topic, headers, message.Data, cancellationToken);
        if (await OutcomeAsync(request, message, headers, hasId, cancellationToken) is { } error)
            throw error;
    }

    /// <summary>Sends all before it waits for the first answer.</summary>
    public async ValueTask<IReadOnlyList<Exception?>> PublishBulkAsync(IReadOnlyList<PubSubMessage> messages, CancellationToken cancellationToken)
    {
        var outcomes = new Exception?[messages.Count];
        var under = new (NatsRequest? Request, byte[] Headers, bool HasId)[messages.Count];
        try
        {
            for (var i = 0; i < messages.Count; i++)
            {
                (under[i].Headers, under[i].HasId) = HeadersOf(messages[i]);
                try
                {
                    under[i].Request = await api.Connection.BeginRequestAsync(messages[i].Topic, under[i].Headers, messages[i].Data, cancellationToken);
                }
                catch (NatsException error)
                {
                    outcomes[i] = error;
                }
            }

            for (var i = 0; i < messages.Count; i++)
            {
                if (under[i].Request is { } request)
                    outcomes[i] = await OutcomeAsync(request, messages[i], under[i].Headers, under[i].HasId, cancellationToken);
            }

            return outcomes;
        }
        finally
        {
            foreach (var (request, _, _) in under)
            {
                request?.Dispose();
            }
        }
    }

    /// <summary>Waits for the answer to a message, sending it again where that is safe; null when it was taken.</summary>
    private async ValueTask<NatsException?> OutcomeAsync(NatsRequest first, PubSubMessage message, byte[] headers, bool hasId, CancellationToken cancellationToken)
    {
        var connection = api.Connection;
        var began = connection.Time.GetTimestamp();
        var request = first;
        for (var unanswered = 0; ;)
        {
            try
            {
                var left = connection.RequestTimeout - connection.Time.GetElapsedTime(began);
                var answer = request.Answer.IsCompleted ? await request.Answer : await request.Answer.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, connection.Time, cancellationToken);
                return Refusal(answer);
            }
            catch (NatsNoRespondersException error)
            {
                if (++unanswered == Tries)
                    return api.NoStream(message.Topic, error);
                await Task.Delay(s_pause, connection.Time, cancellationToken);
            }
            catch (NatsConnectionLostException) when (hasId && connection.Time.GetElapsedTime(began) < connection.RequestTimeout)
            {
                unanswered = 0;
            }
            catch (TimeoutException error)
            {
                return new NatsException($"the stream of topic '{message.Topic}' did not answer within {connection.RequestTimeout.TotalSeconds:0.#} s; whether it took the message is not known", error);
            }
            catch (NatsException error)
            {
                return error;
            }
            finally
            {
                request.Dispose();
            }

            try
            {
                request = await connection.BeginRequestAsync(message.Topic, headers, message.Data, cancellationToken);
            }
            catch (NatsException error)
            {
                return error;
            }
        }
    }

    private static NatsException? Refusal(NatsMessage answer)
    {
        // The usual answer has a stream and no error: nothing of it needs to be read.
        if (answer.Payload.Span.StartsWith("{\"stream\":"u8))
            return null;
        try
        {
            return JsonSerializer.Deserialize(answer.Payload.Span, JetStreamJson.Default.PublishAnswer) switch
            {
                { Error: { } error } => new JetStreamException($"the stream refuses the message: {error.Description} ({error.Number})", error.Number),
                { Stream: not null } => null,
                _ => new NatsException("what answers on the topic is no JetStream stream"),
            };
        }
        catch (JsonException error)
        {
            return new NatsException("what answers on the topic is no JetStream stream", error);
        }
    }

    private (byte[] Headers, bool HasId) HeadersOf(PubSubMessage message)
    {
        if (CloudEventId.Find(message.Data.Span) is { } id)
            return (NatsHeaders.Write(MessageId, id), true);
        JetStreamLog.NoMessageId(logger, message.Topic);
        return ([], false);
    }
}
