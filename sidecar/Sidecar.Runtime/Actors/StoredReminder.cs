using System.Text.Json;
using System.Text.Json.Serialization;
using Dapr.Protocol.Common.V1;
using Dapr.Protocol.Runtime.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Sidecar.Runtime.Jobs;
using Sidecar.Runtime.Resources.Loading;

namespace Sidecar.Runtime.Actors;

/// <summary>What a client asks a reminder to be.</summary>
/// <param name="DueTime">First tick: a duration or a point in time; empty for one period from now.</param>
/// <param name="Period">Pause between ticks; empty for a single one.</param>
/// <param name="TimeToLive">When it ends; empty for never.</param>
/// <param name="Data">JSON the actor gets, or null.</param>
/// <param name="Overwrite">Whether it may take the place of one of the same name.</param>
/// <param name="FailurePolicy">What to do when a tick fails; null for Dapr's default, three more tries a second apart.</param>
internal sealed record ActorReminderRequest(string DueTime, string Period, string TimeToLive, byte[]? Data, bool Overwrite, JobFailurePolicy? FailurePolicy);

/// <summary>Which reminder: a name within an actor.</summary>
internal readonly record struct ReminderKey(ActorAddress Actor, string Name);

/// <summary>
/// A reminder as it is kept under <c>actorreminder||namespace||type||id||name</c>. As in Dapr since 1.15 it is a job of the scheduler, whose target is an actor.
/// </summary>
/// <param name="ActorType">Type of the actor.</param>
/// <param name="ActorId">Id of the actor.</param>
/// <param name="Name">Name within the actor.</param>
/// <param name="Schedule">When it ticks and how far it is.</param>
internal sealed record StoredReminder(string ActorType, string ActorId, string Name, StoredJob Schedule)
{
    [JsonIgnore]
    public ReminderKey Key => new(new ActorAddress(ActorType, ActorId), Name);

    /// <summary>The client's JSON, or null.</summary>
    [JsonIgnore]
    public byte[]? Data => Schedule.Job.Data is { } data && data.TryUnpack<BytesValue>(out var bytes) ? bytes.Value.ToByteArray() : null;

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, StoredReminderJson.Default.StoredReminder);

    public static StoredReminder Parse(ReadOnlySpan<byte> bytes) =>
        JsonSerializer.Deserialize(bytes, StoredReminderJson.Default.StoredReminder) ?? throw new JsonException("null is no reminder");

    /// <summary>Makes a new reminder, its first tick worked out.</summary>
    /// <exception cref="FormatException">Due time, period or limit cannot be read, or it would end before its first tick.</exception>
    public static StoredReminder Create(ReminderKey key, ActorReminderRequest request, DateTimeOffset now)
    {
        var job = new Job { Name = key.Name, FailurePolicy = request.FailurePolicy };
        if (ReadPeriod(request.Period) is { } period)
        {
            job.Schedule = "@every " + GoDuration.Format(period.Time);
            if (period.Repeats > 0)
                job.Repeats = (uint)period.Repeats;
        }

        // Read here for the message; the job reads them again.
        if (request.DueTime.Length > 0)
        {
            ActorTime.Parse("reminder due time", request.DueTime, now);
            job.DueTime = request.DueTime;
        }

        if (request.TimeToLive.Length > 0)
        {
            ActorTime.Parse("reminder TTL", request.TimeToLive, now);
            job.Ttl = request.TimeToLive;
        }

        if (!job.HasSchedule && !job.HasDueTime)
            throw new FormatException("job schedule and due time cannot both be empty");
        if (request.Data is not null)
            job.Data = Any.Pack(new BytesValue { Value = ByteString.CopyFrom(request.Data) });
        return new StoredReminder(key.Actor.Type, key.Actor.Id, key.Name, StoredJob.Create(job, now));
    }

    private static ActorPeriod? ReadPeriod(string text)
    {
        try
        {
            var period = ActorPeriod.Parse(text);
            if (period is { HasCalendarPart: true })
                throw new FormatException(text);
            return period is { IsEmpty: true } ? null : period;
        }
        catch (FormatException e)
        {
            throw new FormatException($"unsupported period format: {text}", e);
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(StoredReminder))]
internal sealed partial class StoredReminderJson : JsonSerializerContext;
