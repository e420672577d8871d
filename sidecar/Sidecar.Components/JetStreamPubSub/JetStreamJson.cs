using System.Text.Json.Serialization;

namespace Sidecar.Components.JetStreamPubSub;

/// <summary>A consumer as the JetStream API has it; durations count nanoseconds. What is null is the server's choice.</summary>
internal sealed record ConsumerConfig
{
    [JsonPropertyName("durable_name")]
    public string? Durable { get; init; }

    [JsonPropertyName("deliver_subject")]
    public string? DeliverSubject { get; init; }

    [JsonPropertyName("deliver_group")]
    public string? DeliverGroup { get; init; }

    [JsonPropertyName("deliver_policy")]
    public string DeliverPolicy { get; init; } = "all";

    [JsonPropertyName("opt_start_seq")]
    public ulong? StartSequence { get; init; }

    [JsonPropertyName("opt_start_time")]
    public DateTimeOffset? StartTime { get; init; }

    [JsonPropertyName("ack_policy")]
    public string AckPolicy { get; init; } = "explicit";

    [JsonPropertyName("ack_wait")]
    public long? AckWait { get; init; }

    [JsonPropertyName("max_deliver")]
    public int? MaxDeliver { get; init; }

    [JsonPropertyName("backoff")]
    public IReadOnlyList<long>? BackOff { get; init; }

    [JsonPropertyName("filter_subject")]
    public string? FilterSubject { get; init; }

    [JsonPropertyName("replay_policy")]
    public string ReplayPolicy { get; init; } = "instant";

    [JsonPropertyName("rate_limit_bps")]
    public ulong? RateLimit { get; init; }

    [JsonPropertyName("max_ack_pending")]
    public int? MaxAckPending { get; init; }

    [JsonPropertyName("flow_control")]
    public bool? FlowControl { get; init; }

    [JsonPropertyName("idle_heartbeat")]
    public long? Heartbeat { get; init; }

    [JsonPropertyName("num_replicas")]
    public int? Replicas { get; init; }

    [JsonPropertyName("mem_storage")]
    public bool? MemoryStorage { get; init; }
}

/// <summary>A consumer and its state.</summary>
internal sealed record ConsumerInfo
{
    [JsonPropertyName("name")]
    public string Name { get; init; } = "";

    [JsonPropertyName("config")]
    public ConsumerConfig Config { get; init; } = new();

    /// <summary>True when a subscription listens to its deliver subject.</summary>
    [JsonPropertyName("push_bound")]
    public bool PushBound { get; init; }

    [JsonPropertyName("error")]
    public ApiError? Error { get; init; }
}

internal sealed record CreateConsumer
{
    [JsonPropertyName("stream_name")]
    public required string Stream { get; init; }

    [JsonPropertyName("config")]
    public required ConsumerConfig Config { get; init; }
}

/// <summary>A refusal of the JetStream API.</summary>
internal sealed record ApiError
{
    public const int StreamNotFound = 10059;
    public const int ConsumerNotFound = 10014;
    public const int ConsumerNameInUse = 10013;
    public const int ConsumerAlreadyExists = 10105;

    [JsonPropertyName("code")]
    public int Code { get; init; }

    [JsonPropertyName("err_code")]
    public int Number { get; init; }

    [JsonPropertyName("description")]
    public string Description { get; init; } = "";
}

/// <summary>A stream as the JetStream API has it.</summary>
internal sealed record StreamConfig
{
    [JsonPropertyName("name")]
    public string Name { get; init; } = "";

    [JsonPropertyName("subjects")]
    public IReadOnlyList<string>? Subjects { get; init; }

    [JsonPropertyName("retention")]
    public string Retention { get; init; } = "limits";

    [JsonPropertyName("storage")]
    public string Storage { get; init; } = "file";

    [JsonPropertyName("discard")]
    public string Discard { get; init; } = "old";

    /// <summary>Nanoseconds; 0 for no end.</summary>
    [JsonPropertyName("max_age")]
    public long MaxAge { get; init; }

    /// <summary>Nanoseconds in which a message id counts once.</summary>
    [JsonPropertyName("duplicate_window")]
    public long? DuplicateWindow { get; init; }

    [JsonPropertyName("max_consumers")]
    public int MaxConsumers { get; init; } = -1;

    [JsonPropertyName("max_msgs")]
    public long MaxMessages { get; init; } = -1;

    [JsonPropertyName("max_bytes")]
    public long MaxBytes { get; init; } = -1;

    [JsonPropertyName("num_replicas")]
    public int Replicas { get; init; } = 1;
}

internal sealed record StreamAnswer
{
    [JsonPropertyName("config")]
    public StreamConfig? Config { get; init; }

    [JsonPropertyName("error")]
    public ApiError? Error { get; init; }
}

internal sealed record SubjectRequest([property: JsonPropertyName("subject")] string Subject);

internal sealed record StreamNames
{
    [JsonPropertyName("streams")]
    public IReadOnlyList<string>? Streams { get; init; }

    [JsonPropertyName("error")]
    public ApiError? Error { get; init; }
}

/// <summary>A stream's answer to a message.</summary>
internal sealed record PublishAnswer
{
    [JsonPropertyName("stream")]
    public string? Stream { get; init; }

    [JsonPropertyName("duplicate")]
    public bool Duplicate { get; init; }

    [JsonPropertyName("error")]
    public ApiError? Error { get; init; }
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ConsumerInfo))]
[JsonSerializable(typeof(CreateConsumer))]
[JsonSerializable(typeof(StreamConfig))]
[JsonSerializable(typeof(StreamAnswer))]
[JsonSerializable(typeof(StreamNames))]
[JsonSerializable(typeof(SubjectRequest))]
[JsonSerializable(typeof(PublishAnswer))]
internal sealed partial class JetStreamJson : JsonSerializerContext;
