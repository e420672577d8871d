using Sidecar.Components.Nats;

namespace Sidecar.Components.JetStreamPubSub;

/// <summary>A stream that a topic has now.</summary>
/// <param name="Topic">Topic.</param>
/// <param name="Stream">Its stream.</param>
/// <param name="Made">True when it was made now, false when it was there.</param>
public readonly record struct EnsuredStream(string Topic, string Stream, bool Made);

/// <summary>
/// Makes the streams that <c>pubsub.jetstream</c> needs and never makes itself: one for each topic, on files. A topic has a stream of its own because a stream keeps a message id once:
/// with an outbox topic in the same stream, the final event would be dropped as a repetition of the internal one.
/// </summary>
public static class StreamBootstrap
{
    /// <summary>How long messages are kept, where nothing else is asked for.</summary>
    public static TimeSpan UsualMaxAge { get; } = TimeSpan.FromDays(7);

    /// <summary>Name of the stream of a topic: the topic, without what a stream's name may not have.</summary>
    public static string StreamName(string topic) =>
        string.Concat(topic.Select(letter => letter is '.' or '*' or '>' or '/' or '\\' || char.IsWhiteSpace(letter) || char.IsControl(letter) ? '-' : letter));

    /// <summary>Gives every topic a stream; topics that have one are left as they are.</summary>
    /// <param name="url">Server, credentials included: <c>nats://user:password@host:4222</c>.</param>
    /// <param name="topics">Topics.</param>
    /// <param name="maxAge">How long messages are kept; zero for ever, null for <see cref="UsualMaxAge"/>.</param>
    /// <param name="token">Token, when the server wants one and the URL has none.</param>
    /// <param name="time">Clock, or null for the system's.</param>
    /// <param name="cancellationToken">Ends the wait for a server that does not answer.</param>
    /// <exception cref="InvalidOperationException">No server, or it refuses; the message says which and why.</exception>
    /// <exception cref="FormatException">The URL is none.</exception>
    public static async Task<IReadOnlyList<EnsuredStream>> EnsureAsync(
        string url, IEnumerable<string> topics, TimeSpan? maxAge = null, string? token = null, TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        var options = new NatsOptions { Servers = NatsAddress.ParseList(url), Name = "streams", Token = token };
        await using var connection = NatsConnection.Start(options, time ?? TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.RequestTimeout);
        try
        {
            await connection.WaitUntilOpenAsync(limit.Token);
            var api = new JetStreamApi(connection);
            var ensured = new List<EnsuredStream>();
            foreach (var topic in topics.Distinct(StringComparer.Ordinal))
            {
                ensured.Add(await EnsureAsync(api, topic, maxAge ?? UsualMaxAge, cancellationToken));
            }

            return ensured;
        }
        catch (NatsException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new InvalidOperationException($"streams at {options.Address}: {error.Message}", error);
        }
    }

    private static async Task<EnsuredStream> EnsureAsync(JetStreamApi api, string topic, TimeSpan maxAge, CancellationToken cancellationToken)
    {
        NatsCommands.CheckSubject(topic);
        try
        {
            var found = await api.FindStreamAsync(topic, cancellationToken);
            var stream = await api.GetStreamAsync(found, cancellationToken);
            return stream?.Subjects is [var only] && only == topic
                ? new EnsuredStream(topic, found, false)
                : throw new NatsException(
                    $"topic '{topic}' is taken by stream '{found}' together with others ({string.Join(", ", stream?.Subjects ?? [])}); a message id counts once in a stream, so give the topic one of its own");
        }
        catch (JetStreamException error) when (error.Number == ApiError.StreamNotFound)
        {
            await api.CreateStreamAsync(
                new StreamConfig { Name = StreamName(topic), Subjects = [topic], MaxAge = JetStreamOptions.Nanoseconds(maxAge) ?? 0 }, cancellationToken);
            return new EnsuredStream(topic, StreamName(topic), true);
        }
    }
}
