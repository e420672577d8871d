using System.Globalization;
using Dapr.Common.Sidecar;
using Dapr.Jobs.Models;
using Dapr.Jobs.Models.Responses;
using Dapr.Protocol.Common.V1;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Wire = Dapr.Protocol.Runtime.V1;

namespace Dapr.Jobs;

/// <summary>The client as it talks to a sidecar.</summary>
internal sealed class GrpcJobsClient(SidecarConnection sidecar) : DaprJobsClient
{
    // The value is raw bytes, not a protobuf message; the type URL only has to be there.
    private const string PayloadTypeUrl = "dapr.io/schedule/jobpayload";

    private readonly PreviewFallback<Wire.ScheduleJobRequest, Wire.ScheduleJobResponse> schedule =
        new(sidecar, "Schedule job", DaprMethods.ScheduleJob, DaprMethods.ScheduleJobAlpha1);

    private readonly PreviewFallback<Wire.GetJobRequest, Wire.GetJobResponse> get =
        new(sidecar, "Get job", DaprMethods.GetJob, DaprMethods.GetJobAlpha1);

    private readonly PreviewFallback<Wire.DeleteJobRequest, Wire.DeleteJobResponse> delete =
        new(sidecar, "Delete job", DaprMethods.DeleteJob, DaprMethods.DeleteJobAlpha1);

    public override async Task ScheduleJobAsync(
        string jobName,
        DaprJobSchedule schedule,
        ReadOnlyMemory<byte>? payload = null,
        DateTimeOffset? startingFrom = null,
        int? repeats = null,
        DateTimeOffset? ttl = null,
        bool overwrite = false,
        IJobFailurePolicyOptions? failurePolicyOptions = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(jobName);
        ArgumentNullException.ThrowIfNull(schedule);
        ArgumentOutOfRangeException.ThrowIfNegative(repeats ?? 0, nameof(repeats));
        if (ttl <= startingFrom)
#pragma warning disable CA2208 // the official exception names no parameter
            throw new ArgumentException("When both ttl and startingFrom are specified, ttl must represent a later point in time");
#pragma warning restore CA2208

        var job = new Wire.Job { Name = jobName };
        if (schedule.IsPointInTimeExpression)
            job.DueTime = schedule.ExpressionValue;
        else
            job.Schedule = schedule.ExpressionValue;

        if (startingFrom is { } start)
            job.DueTime = Text(start);

        if (ttl is { } end)
            job.Ttl = Text(end);

        if (repeats is { } count)
            job.Repeats = (uint)count;

        if (payload is { } bytes)
            job.Data = new Any { TypeUrl = PayloadTypeUrl, Value = ByteString.CopyFrom(bytes.Span) };

        if (failurePolicyOptions is not null)
            job.FailurePolicy = FailurePolicies.ToWire(failurePolicyOptions);

        var request = new Wire.ScheduleJobRequest { Job = job, Overwrite = overwrite };
        await GuardAsync("Schedule job", this.schedule.CallAsync(request, cancellationToken), cancellationToken);
    }

    public override async Task<DaprJobDetails> GetJobAsync(string jobName, CancellationToken cancellationToken = default)
    {
        ThrowIfNameless(jobName);
        var response = await GuardAsync("Get job", get.CallAsync(new Wire.GetJobRequest { Name = jobName }, cancellationToken), cancellationToken);
        var job = response?.Job ?? throw new DaprException("Get job operation failed: the Dapr endpoint did not return the expected value.");
        return new DaprJobDetails(job.HasSchedule ? new DaprJobSchedule(job.Schedule) : new DaprJobSchedule(job.DueTime))
        {
            DueTime = Time(job.DueTime),
            Ttl = Time(job.Ttl),
            RepeatCount = job.HasRepeats ? (int)job.Repeats : null,
            Payload = job.Data?.Value.ToByteArray(),
            FailurePolicy = FailurePolicies.FromWire(job.FailurePolicy),
        };
    }

    public override async Task DeleteJobAsync(string jobName, CancellationToken cancellationToken = default)
    {
        ThrowIfNameless(jobName);
        await GuardAsync("Delete job", delete.CallAsync(new Wire.DeleteJobRequest { Name = jobName }, cancellationToken), cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            sidecar.Dispose();

        base.Dispose(disposing);
    }

    // Null for a blank name too, as in the official SDK.
    private static void ThrowIfNameless(string jobName)
    {
        if (string.IsNullOrWhiteSpace(jobName))
            throw new ArgumentNullException(nameof(jobName));
    }

    /// <summary>The answer; null when the caller gave up, which is no error in this client.</summary>
    private static async Task<T?> GuardAsync<T>(string operation, Task<T> call, CancellationToken cancellation)
        where T : class
    {
        try
        {
            return await call;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return null;
        }
        catch (GrpcException error)
        {
            throw new DaprException($"{operation} operation failed: the Dapr endpoint indicated a failure. See InnerException for details.", error);
        }
    }

    private static string Text(DateTimeOffset time) => time.ToString("O", CultureInfo.InvariantCulture);

    // The scheduler also takes durations here, which are no points in time.
    private static DateTimeOffset? Time(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}
