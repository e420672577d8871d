using System.Globalization;
using System.Text;
using Dapr.Protocol.Workflow;
using Google.Protobuf.WellKnownTypes;
using Sidecar.Runtime.Errors;

namespace Sidecar.Runtime.Workflows;

/// <summary>The workflow management API, the same for HTTP and gRPC: checks what came, asks the engine, answers in Dapr's words.</summary>
internal sealed class WorkflowManagement(WorkflowBlock block)
{
    private const string StartTimeOption = "dapr.workflow.start_time";

    public async Task<string> StartAsync(
        string name, string instanceId, ReadOnlyMemory<byte> input, IReadOnlyDictionary<string, string> options, CancellationToken cancellationToken)
    {
        CheckNewId(instanceId);
        if (name.Length == 0)
        {
            throw WorkflowErrors.NoName();
        }

        var request = new CreateInstanceRequest { InstanceId = instanceId, Name = name, Input = input.IsEmpty ? null : Encoding.UTF8.GetString(input.Span) };
        if (options.TryGetValue(StartTimeOption, out var startTime))
        {
            request.ScheduledStartTimestamp = ParseTime(name, startTime);
        }

        var engine = await block.GetEngineAsync();
        return await AnswerAsync(() => engine.StartAsync(request, cancellationToken), error => WorkflowErrors.Start(name, error));
    }

    /// <summary>The instance, or null: over HTTP an unknown one is an error, over gRPC it is an answer with nothing but its id.</summary>
    public async Task<WorkflowState?> GetAsync(string instanceId, CancellationToken cancellationToken)
    {
        var engine = await CheckAsync(instanceId);
        return await AnswerAsync(() => engine.GetAsync(instanceId, withData: true, cancellationToken), error => WorkflowErrors.Get(instanceId, error));
    }

    public async Task TerminateAsync(string instanceId, CancellationToken cancellationToken)
    {
        var engine = await CheckAsync(instanceId);
        await DoAsync(() => engine.TerminateAsync(instanceId, null, recursive: true, cancellationToken), error => WorkflowErrors.NotFoundOr(instanceId, error, WorkflowErrors.Terminate));
    }

    public async Task PauseAsync(string instanceId, CancellationToken cancellationToken)
    {
        var engine = await CheckAsync(instanceId);
        await DoAsync(() => engine.SuspendAsync(instanceId, null, cancellationToken), error => WorkflowErrors.Pause(instanceId, error));
    }

    public async Task ResumeAsync(string instanceId, CancellationToken cancellationToken)
    {
        var engine = await CheckAsync(instanceId);
        await DoAsync(() => engine.ResumeAsync(instanceId, null, cancellationToken), error => WorkflowErrors.Resume(instanceId, error));
    }

    public async Task PurgeAsync(string instanceId, CancellationToken cancellationToken)
    {
        var engine = await CheckAsync(instanceId);
        await DoAsync(() => engine.PurgeAsync(instanceId, recursive: true, force: false, cancellationToken), error => WorkflowErrors.NotFoundOr(instanceId, error, WorkflowErrors.Purge));
    }

    public async Task RaiseEventAsync(string instanceId, string eventName, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        var engine = await CheckAsync(instanceId);
        if (eventName.Length == 0)
        {
            throw WorkflowErrors.NoEventName();
        }

        var input = data.IsEmpty ? null : Encoding.UTF8.GetString(data.Span);
        await DoAsync(() => engine.RaiseEventAsync(instanceId, eventName, input, cancellationToken), error => WorkflowErrors.RaiseEvent(instanceId, eventName, error));
    }

    /// <summary>What the answer to a query shows beside the status.</summary>
    public static IEnumerable<(string Key, string Value)> PropertiesOf(WorkflowState state)
    {
        if (state.Input is not null)
        {
            yield return ("dapr.workflow.input", state.Input);
        }

        if (state.Output is not null)
        {
            yield return ("dapr.workflow.output", state.Output);
        }

        if (state.CustomStatus is not null)
        {
            yield return ("dapr.workflow.custom_status", state.CustomStatus);
        }

        if (state.FailureDetails is { } failure)
        {
            yield return ("dapr.workflow.failure.error_type", failure.ErrorType);
            yield return ("dapr.workflow.failure.error_message", failure.ErrorMessage);
            if (!string.IsNullOrEmpty(failure.StackTrace))
            {
                yield return ("dapr.workflow.failure.stack_trace", failure.StackTrace);
            }
        }
    }

    private static void CheckNewId(string instanceId)
    {
        if (Encoding.UTF8.GetByteCount(instanceId) > WorkflowErrors.MaxInstanceIdLength)
        {
            throw WorkflowErrors.InstanceIdTooLong();
        }

        if (instanceId.Any(c => !char.IsLetter(c) && !char.IsDigit(c) && c is not ('_' or '-')))
        {
            throw WorkflowErrors.InvalidInstanceId(instanceId);
        }
    }

    private static Timestamp ParseTime(string name, string value)
    {
        try
        {
            return Timestamp.FromDateTimeOffset(DateTimeOffset.Parse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal));
        }
        catch (FormatException error)
        {
            throw WorkflowErrors.BadStartTime(name, error);
        }
    }

    private static async Task DoAsync(Func<Task> call, Func<WorkflowException, DaprApiException> refuse) => await AnswerAsync(
        async () =>
        {
            await call();
            return true;
        },
        refuse);

    private static async Task<T> AnswerAsync<T>(Func<Task<T>> call, Func<WorkflowException, DaprApiException> refuse)
    {
        try
        {
            return await call();
        }
        catch (WorkflowException error)
        {
            throw refuse(error);
        }
    }

    private async ValueTask<WorkflowEngine> CheckAsync(string instanceId)
    {
        if (instanceId.Length == 0)
        {
            throw WorkflowErrors.NoInstanceId();
        }

        return await block.GetEngineAsync();
    }
}
