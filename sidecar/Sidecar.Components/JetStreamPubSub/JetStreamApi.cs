using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Sidecar.Components.Nats;

namespace Sidecar.Components.JetStreamPubSub;

/// <summary>The requests of the JetStream API that we need (docs.nats.io, "JetStream wire API Reference").</summary>
/// <param name="connection">Connection.</param>
/// <param name="prefix">What API subjects begin with, its dot included.</param>
internal sealed class JetStreamApi(NatsConnection connection, string prefix = JetStreamApi.UsualPrefix)
{
    /// <summary>Where nothing else is configured.</summary>
    public const string UsualPrefix = "$JS.API.";

    public NatsConnection Connection => connection;

    /// <summary>The one stream that takes a subject.</summary>
    /// <exception cref="JetStreamException">There is none.</exception>
    public async Task<string> FindStreamAsync(string subject, CancellationToken cancellationToken)
    {
        var answer = await AskAsync("STREAM.NAMES", new SubjectRequest(subject), JetStreamJson.Default.SubjectRequest, JetStreamJson.Default.StreamNames, cancellationToken);
        Check(answer.Error);
        return answer.Streams is [var stream, ..] ? stream : throw NoStream(subject);
    }

    /// <summary>The stream's configuration, or null when there is no such stream.</summary>
    public async Task<StreamConfig?> GetStreamAsync(string stream, CancellationToken cancellationToken)
    {
        var answer = await AskAsync("STREAM.INFO." + stream, default, JetStreamJson.Default.StreamAnswer, cancellationToken);
        if (answer.Error is { Number: ApiError.StreamNotFound })
            return null;
        Check(answer.Error);
        return answer.Config;
    }

    public async Task CreateStreamAsync(StreamConfig stream, CancellationToken cancellationToken)
    {
        var answer = await AskAsync("STREAM.CREATE." + stream.Name, stream, JetStreamJson.Default.StreamConfig, JetStreamJson.Default.StreamAnswer, cancellationToken);
        Check(answer.Error);
    }

    /// <summary>The consumer, or null when there is none of this name.</summary>
    public async Task<ConsumerInfo?> GetConsumerAsync(string stream, string name, CancellationToken cancellationToken)
    {
        var answer = await AskAsync($"CONSUMER.INFO.{stream}.{name}", default, JetStreamJson.Default.ConsumerInfo, cancellationToken);
        if (answer.Error is { Number: ApiError.ConsumerNotFound })
            return null;
        Check(answer.Error);
        return answer;
    }

    public async Task<ConsumerInfo> CreateConsumerAsync(string stream, ConsumerConfig config, CancellationToken cancellationToken)
    {
        var verb = config.Durable is { } durable ? $"CONSUMER.DURABLE.CREATE.{stream}.{durable}" : $"CONSUMER.CREATE.{stream}";
        var answer = await AskAsync(
            verb, new CreateConsumer { Stream = stream, Config = config }, JetStreamJson.Default.CreateConsumer, JetStreamJson.Default.ConsumerInfo, cancellationToken);
        Check(answer.Error);
        return answer;
    }

    public async Task DeleteConsumerAsync(string stream, string name, CancellationToken cancellationToken) =>
        await AskAsync($"CONSUMER.DELETE.{stream}.{name}", default, JetStreamJson.Default.StreamAnswer, cancellationToken);

    /// <summary>Nothing takes the topic; says how to change that.</summary>
    public JetStreamException NoStream(string topic, Exception? inner = null) => new(
        $"no JetStream stream takes topic '{topic}', and Dapr makes none: make one with `sidecar streams --url {connection.Address} --topic {topic}`, "
        + $"or `nats stream add {StreamBootstrap.StreamName(topic)} --subjects {topic}`",
        ApiError.StreamNotFound, inner);

    private static void Check(ApiError? error)
    {
        if (error is not null)
            throw new JetStreamException($"JetStream refuses: {error.Description} ({error.Number})", error.Number);
    }

    private Task<TAnswer> AskAsync<TQuestion, TAnswer>(
        string verb, TQuestion question, JsonTypeInfo<TQuestion> questionType, JsonTypeInfo<TAnswer> answerType, CancellationToken cancellationToken) =>
        AskAsync(verb, JsonSerializer.SerializeToUtf8Bytes(question, questionType), answerType, cancellationToken);

    private async Task<TAnswer> AskAsync<TAnswer>(string verb, ReadOnlyMemory<byte> question, JsonTypeInfo<TAnswer> answerType, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await connection.RequestAsync(prefix + verb, question, cancellationToken);
            return JsonSerializer.Deserialize(answer.Payload.Span, answerType) ?? throw new NatsException($"JetStream answers nothing on {verb}");
        }
        catch (NatsNoRespondersException error)
        {
            throw new JetStreamException($"{connection.Address} has no JetStream (nobody answers on {prefix}{verb}); start the server with -js, or look at domain and apiPrefix", 0, error);
        }
        catch (JsonException error)
        {
            throw new NatsException($"JetStream answers on {verb} what is no JSON: {error.Message}", error);
        }
    }
}
