using Dapr.Common.Serialization;
using Dapr.Protocol.Workflow;
using Dapr.Workflow;
using Dapr.Workflow.Registration;
using Dapr.Workflow.Versioning;
using Dapr.Workflow.Worker;
using Dapr.Workflow.Worker.Execution;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Ordering.Contracts;
using OrderSaga;
using OrderSaga.Returns;

namespace Workflow.Tests.Replay;

/// <summary>Makes the turns of recorded histories again, with the code of today or with another in its place.</summary>
internal sealed class Replayer
{
    private readonly WorkflowExecutor _executor;
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();

    private Replayer(Action<WorkflowsFactory> register, NamedVersions? named = null)
    {
        var factory = new WorkflowsFactory(NullLogger<WorkflowsFactory>.Instance);
        register(factory);
        _executor = new WorkflowExecutor(factory, new JsonDaprSerializer(), NullLoggerFactory.Instance, named);
    }

    /// <summary>The workflows as they stand.</summary>
    public static Replayer OfToday { get; } = new(factory =>
    {
        factory.RegisterWorkflow<OrderWorkflow>();
        factory.RegisterWorkflow<ReturnWorkflow>();
    });

    /// <summary>Another version of the return.</summary>
    public static Replayer Of(Func<WorkflowContext, ReturnAccepted, Task<OrderState>> version) => new(factory => factory.RegisterWorkflow(nameof(ReturnWorkflow), version));

    /// <summary>Classes that are versions of workflows, by their names.</summary>
    public static Replayer Of(params System.Type[] classes)
    {
        var services = new ServiceCollection().AddDaprWorkflowVersioning().BuildServiceProvider();
        return new(factory => Array.ForEach(classes, type => factory.RegisterDiscovered(type, type.Name)), NamedVersions.Of(classes.Select(type => (type, type.Name)), services));
    }

    /// <summary>
    /// Makes every turn again, all of it as a replay: what a change would do in a turn that was made before it does not count. Answers what it asks for now in the first
    /// turn that differs, or null.
    /// </summary>
    public string? FirstDifference(RecordedHistory history)
    {
        for (var turn = 0; turn < history.Turns.Count; turn++)
        {
            var (past, given, asked) = history.Turns[turn];
            var now = Make(history.InstanceId, [.. past, .. given], []).Actions.Select(RecordedHistory.Text).ToList();
            if (!now.SequenceEqual(asked))
                return $"turn {turn + 1}: recorded [{string.Join("; ", asked)}], now [{string.Join("; ", now)}]";
        }

        return null;
    }

    /// <summary>Goes on with a history that ends in the middle: completes its open activities, one turn after the other, until the workflow ends, stalls or asks for something else.</summary>
    public (IReadOnlyList<string> Activities, WorkflowAction End, RecordedHistory History) GoOn(RecordedHistory history)
    {
        List<HistoryEvent> events = [.. history.Events];
        List<string> activities = [];
        while (true)
        {
            var open = events.Where(e => e.TaskScheduled is not null && events.All(done => done.TaskCompleted?.TaskScheduledId != e.EventId)).ToList();
            List<HistoryEvent> given = [new() { EventId = -1, Timestamp = events[^1].Timestamp, WorkflowStarted = new() }];
            given.AddRange(open.Select(task => new HistoryEvent { EventId = -1, Timestamp = events[^1].Timestamp, TaskCompleted = new() { TaskScheduledId = task.EventId, Result = "" } }));
            var response = Make(history.InstanceId, events, given);
            if (response.Actions.FirstOrDefault(action => action.ScheduleTask is null) is { } end)
                return (activities, end, history with { Events = events });
            Commit(events, given, response);
            activities.AddRange(response.Actions.Select(action => action.ScheduleTask.Name));
        }
    }

    /// <summary>The history of a new instance after its first turn.</summary>
    public RecordedHistory Begin(RecordedHistory like)
    {
        List<HistoryEvent> events = [];
        List<HistoryEvent> given = [new() { EventId = -1, Timestamp = Timestamp.FromDateTime(DateTime.UnixEpoch), WorkflowStarted = new() }, like.Events.First(e => e.ExecutionStarted is not null)];
        Commit(events, given, Make(like.InstanceId, [], given));
        return like with { Events = events };
    }

    private WorkflowResponse Make(string instanceId, IReadOnlyList<HistoryEvent> past, IReadOnlyList<HistoryEvent> given) =>
        _executor.Execute(new WorkflowRequest { InstanceId = instanceId, PastEvents = { past }, NewEvents = { given } }, _services);

    private static void Commit(List<HistoryEvent> events, List<HistoryEvent> given, WorkflowResponse response)
    {
        given[0].WorkflowStarted.Version = response.Version;
        events.AddRange(given);
        events.AddRange(response.Actions.Select(action => new HistoryEvent
        {
            EventId = action.Id,
            Timestamp = given[0].Timestamp,
            TaskScheduled = new() { Name = action.ScheduleTask.Name, Input = action.ScheduleTask.Input, TaskExecutionId = action.ScheduleTask.TaskExecutionId },
        }));
    }
}
