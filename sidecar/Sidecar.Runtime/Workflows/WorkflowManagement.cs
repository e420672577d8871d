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
        string component, string name, string instanceId, ReadOnlyMemory<byte> input, IReadOnlyDictionary<string, string> options, CancellationToken cancellationToken)
    {
        CheckComponent(component);
        if (name.Length == 0)
        {
            throw WorkflowErrors.NoName();
        }

        CheckNewId(instanceId);
        var request = new CreateInstanceRequest { InstanceId = instanceId, Name = name, Input = input.IsEmpty ? null : Encoding.UTF8.GetString(input.Span) };
        if (options.TryGetValue(StartTimeOption, out var startTime))
        {
            request.ScheduledStartTimestamp = ParseTime(startTime);
        }

        var engine = await block.GetEngineAsync();
        return await AnswerAsync(() => engine.StartAsync(request, cancellationToken), instanceId, WorkflowErrors.Start, name);
    }

    public async Task<WorkflowState> GetAsync(string component, string instanceId, CancellationToken cancellationToken)
    {
        var engine = await CheckAsync(component, instanceId);
        return await AnswerAsync(() => engine.GetAsync(instanceId, withData: true, cancellationToken), instanceId, WorkflowErrors.Get, instanceId)
            ?? throw WorkflowErrors.NoSuchInstance(instanceId);
    }

    public async Task TerminateAsync(string component, string instanceId, CancellationToken cancellationToken)
    {
        var engine = await CheckAsync(component, instanceId);
        await DoAsync(() => engine.TerminateAsync(instanceId, null, recursive: true, cancellationToken), instanceId, WorkflowErrors.Terminate);
    }

    public async Task PauseAsync(string component, string instanceId, CancellationToken cancellationToken)
    {
        var engine = await CheckAsync(component, instanceId);
        await DoAsync(() => engine.SuspendAsync(instanceId, null, cancellationToken), instanceId, WorkflowErrors.Pause);
    }

    public async Task ResumeAsync(string component, string instanceId, CancellationToken cancellationToken)
    {
        var engine = await CheckAsync(component, instanceId);
        await DoAsync(() => engine.ResumeAsync(instanceId, null, cancellationToken), instanceId, WorkflowErrors.Resume);
    }

    public async Task PurgeAsync(string component, string instanceId, CancellationToken cancellationToken)
    {
        var engine = await CheckAsync(component, instanceId);
        await DoAsync(() => engine.PurgeAsync(instanceId, recursive: true, force: false, cancellationToken), instanceId, WorkflowErrors.Purge);
    }

    public async Task RaiseEventAsync(string component, string instanceId, string eventName, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        var engine = await CheckAsync(component, instanceId);
        if (eventName.Length == 0)
        {
            throw WorkflowErrors.NoEventName();
        }

        var input = data.IsEmpty ? null : Encoding.UTF8.GetString(data.Span);
        await DoAsync(() => engine.RaiseEventAsync(instanceId, eventName, input, cancellationToken), instanceId, WorkflowErrors.RaiseEvent);
    }

    /// <summary>What the answer to a query shows beside the status.</summary>
    public static IEnumerable<(string Key, string Value)> PropertiesOf(WorkflowState state)
    {
        if (!string.IsNullOrEmpty(state.Input))
        {
            yield return ("dapr.workflow.input", state.Input);
        }

        if (!string.IsNullOrEmpty(state.Output))
        {
            yield return ("dapr.workflow.output", state.Output);
        }

        if (!string.IsNullOrEmpty(state.CustomStatus))
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

    private static void CheckComponent(string component)
    {
        if (component.Length == 0)
        {
            throw WorkflowErrors.NoComponent();
        }
    }

    private static void CheckNewId(string instanceId)
    {
        if (instanceId.Length > WorkflowErrors.MaxInstanceIdLength)
        {
            throw WorkflowErrors.InstanceIdTooLong();
        }

        if (instanceId.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-')))
        {
            throw WorkflowErrors.InvalidInstanceId(instanceId);
        }
    }

    private static Timestamp ParseTime(string value)
    {
        try
        {
            return Timestamp.FromDateTimeOffset(DateTimeOffset.Parse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal));
        }
        catch (FormatException error)
        {
            throw WorkflowErrors.BadStartTime(value, error);
        }
    }

    private static async Task DoAsync(Func<Task> call, string instanceId, Func<string, Exception, DaprApiException> refuse) => await AnswerAsync(
        async () =>
        {
            await call();
            return true;
        },
        instanceId,
        refuse,
        instanceId);

    private static async Task<T> AnswerAsync<T>(Func<Task<T>> call, string instanceId, Func<string, Exception, DaprApiException> refuse, string subject)
    {
        try
        {
            return await call();
        }
        catch (WorkflowException error)
        {
            throw error.IsNoSuchInstance ? WorkflowErrors.NoSuchInstance(instanceId) : refuse(subject, error);
        }
    }

    private async ValueTask<WorkflowEngine> CheckAsync(string component, string instanceId)
    {
        CheckComponent(component);
        if (instanceId.Length == 0)
        {
            throw WorkflowErrors.NoInstanceId();
        }

        return await block.GetEngineAsync();
    }
}
