using System.Text.Json;
using System.Text.Json.Serialization;
using Dapr.Protocol.Runtime.V1;
using Google.Protobuf;

namespace Sidecar.Runtime.Jobs;

/// <summary>A job as it is kept: what was asked for, and how far it is. The value under <c>jobs||appid||name</c>.</summary>
/// <param name="Definition">The job as its client sent it, a <c>dapr.proto.runtime.v1.Job</c>.</param>
/// <param name="NextAt">When it triggers next.</param>
/// <param name="ExpiresAt">When it lapses, or null.</param>
/// <param name="Triggered">How often it has triggered.</param>
internal sealed record StoredJob(byte[] Definition, DateTimeOffset NextAt, DateTimeOffset? ExpiresAt, uint Triggered)
{
    [JsonIgnore]
    public Job Job { get; } = Job.Parser.ParseFrom(Definition);

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, StoredJobJson.Default.StoredJob);

    public static StoredJob Parse(ReadOnlySpan<byte> bytes) =>
        JsonSerializer.Deserialize(bytes, StoredJobJson.Default.StoredJob) ?? throw new JsonException("null is no job");

    /// <summary>Makes a new job, its first trigger worked out.</summary>
    /// <exception cref="FormatException">Schedule, due time or limit cannot be read, or it would lapse before its first trigger.</exception>
    public static StoredJob Create(Job job, DateTimeOffset now)
    {
        var schedule = job.HasSchedule && job.Schedule.Length > 0 ? JobSchedule.Parse(job.Schedule) : null;
        DateTimeOffset? due = job.HasDueTime && job.DueTime.Length > 0 ? JobSchedule.ParseTime(job.DueTime, now) : null;
        DateTimeOffset? expires = job.HasTtl && job.Ttl.Length > 0 ? JobSchedule.ParseTime(job.Ttl, due ?? now) : null;
        var first = due ?? schedule!.Next(now) ?? throw new FormatException($"schedule '{job.Schedule}' never triggers");
        if (expires < first || expires < now)
        {
            throw new FormatException($"ttl '{job.Ttl}' ends before the first trigger at {first:O}");
        }

        return new StoredJob(job.ToByteArray(), first, expires, 0);
    }

    /// <summary>The job after a trigger at <paramref name="now"/>, or null when that was its last. Triggers that were missed meanwhile are not made up for.</summary>
    public StoredJob? AfterTrigger(DateTimeOffset now)
    {
        var done = Triggered + 1;
        if (!Job.HasSchedule || Job.Schedule.Length == 0 || (Job.HasRepeats && Job.Repeats > 0 && done >= Job.Repeats))
        {
            return null;
        }

        var schedule = JobSchedule.Parse(Job.Schedule);
        var next = schedule.Next(NextAt);
        if (next < now)
        {
            next = schedule.Next(now);
        }

        return next is { } at && !(ExpiresAt < at) ? this with { NextAt = at, Triggered = done } : null;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(StoredJob))]
internal sealed partial class StoredJobJson : JsonSerializerContext;
