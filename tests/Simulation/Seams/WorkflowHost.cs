using Dapr.Common.Serialization;
using Dapr.Protocol.Workflow;
using Dapr.Workflow.Registration;
using Dapr.Workflow.Worker;
using Dapr.Workflow.Worker.Execution;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Simulation.Faults;
using Simulation.Programs;

namespace Simulation.Seams;

/// <summary>
/// The workflow engine: histories that survive, turns that are made by a replica of the saga with the SDK's own replay and are saved whole or not at all, activities that are run until one
/// run has been heard of.
/// </summary>
internal sealed class WorkflowHost(World world)
{
    private static readonly Fault[] _turnFaults = [Fault.CrashBefore, Fault.CrashAfter, Fault.Late];
    private static readonly Fault[] _activityFaults = [Fault.CrashBefore, Fault.CrashAfter, Fault.AnswerLost, Fault.Late, Fault.SideBySide];
    private static readonly TimeSpan _untilNoticed = TimeSpan.FromSeconds(1);
    private static readonly Lazy<(WorkflowExecutor Turns, ActivityExecutor Activities)> _executors = new(CreateExecutors);

    private readonly Dictionary<string, Instance> _instances = [];

    public IEnumerable<Instance> Instances => _instances.Values;

    public Instance? Find(string id) => _instances.GetValueOrDefault(id);

    /// <summary>Starts an instance; one that has ended starts anew, as Dapr does.</summary>
    public void Start(string name, string id, string? input)
    {
        var execution = $"{(_instances.TryGetValue(id, out var before) ? before.Execution + 1 : 1)}";
        var instance = _instances[id] = new Instance(id, name, int.Parse(execution, System.Globalization.CultureInfo.InvariantCulture));
        world.Tell($"workflow {id} starts{(before is null ? string.Empty : " ANEW")}");
        Post(instance, new HistoryEvent
        {
            EventId = -1,
            ExecutionStarted = new ExecutionStartedEvent { Name = name, Input = input, WorkflowInstance = new WorkflowInstance { InstanceId = id, ExecutionId = execution } },
        });
    }

    public void Raise(Instance instance, string name, string? payload) =>
        Post(instance, new HistoryEvent { EventId = -1, EventRaised = new EventRaisedEvent { Name = name, Input = payload } });

    private static (WorkflowExecutor Turns, ActivityExecutor Activities) CreateExecutors()
    {
        var services = Platform.Programs.Single(program => program.AppId == Platform.OrderSaga).Services;
        var factory = services.GetRequiredService<IWorkflowsFactory>();
        var serializer = services.GetRequiredService<WorkflowSettings>().Serializer(services);
        return (new WorkflowExecutor(factory, serializer, NullLoggerFactory.Instance), new ActivityExecutor(factory, serializer, NullLogger<ActivityExecutor>.Instance));
    }

    private void Post(Instance instance, HistoryEvent happened)
    {
        if (!instance.HasEnded)
        {
            instance.Inbox.Add(happened);
            TakeTurn(instance);
        }
    }

    private void TakeTurn(Instance instance)
    {
        if (instance.IsInTurn || instance.Inbox.Count == 0 || instance.HasEnded)
        {
            return;
        }

        instance.IsInTurn = true;
        var moment = world.Chance.At(Platform.OrderSaga, "takes a turn of", instance.Id, _turnFaults);
        world.Timeline.After(moment.Before, () =>
        {
            if (world.AnyReplica(Platform.OrderSaga, moment.Draw) is not { } worker)
            {
                AgainLater();
                return;
            }

            if (moment.Fault == Fault.CrashBefore)
            {
                worker.Crash($"as it gets a turn of {instance.Id}");
                AgainLater();
                return;
            }

            var request = new WorkflowRequest { InstanceId = instance.Id, ExecutionId = $"{instance.Execution}" };
            request.PastEvents.AddRange(instance.History);
            request.NewEvents.Add(new HistoryEvent { EventId = -1, Timestamp = Timestamp.FromDateTimeOffset(world.Timeline.Now), WorkflowStarted = new WorkflowStartedEvent() });
            request.NewEvents.AddRange(instance.Inbox);
            var taken = instance.Inbox.Count;
            var response = _executors.Value.Turns.Execute(request, worker);
            if (moment.Fault == Fault.CrashAfter)
            {
                worker.Crash($"at the end of a turn of {instance.Id}");
                AgainLater();
                return;
            }

            world.Timeline.After(moment.After, () =>
            {
                instance.IsInTurn = false;
                instance.Inbox.RemoveRange(0, taken);
                // The patches that the turn took: a replay takes the same ones.
                request.NewEvents[0].WorkflowStarted.Version = response.Version;
                instance.History.AddRange(request.NewEvents);
                Save(instance, response);
                TakeTurn(instance);
            });
        });

        void AgainLater() => world.Timeline.After(_untilNoticed, () =>
        {
            instance.IsInTurn = false;
            TakeTurn(instance);
        });
    }

    private void Save(Instance instance, WorkflowResponse response)
    {
        foreach (var action in response.Actions)
        {
            switch (action.WorkflowActionTypeCase)
            {
                case WorkflowAction.WorkflowActionTypeOneofCase.ScheduleTask:
                    instance.History.Add(new HistoryEvent
                    {
                        EventId = action.Id,
                        TaskScheduled = new TaskScheduledEvent { Name = action.ScheduleTask.Name, Input = action.ScheduleTask.Input, TaskExecutionId = action.ScheduleTask.TaskExecutionId },
                    });
                    RunActivity(instance, action);
                    break;
                case WorkflowAction.WorkflowActionTypeOneofCase.CreateTimer:
                    instance.History.Add(new HistoryEvent { EventId = action.Id, TimerCreated = new TimerCreatedEvent { FireAt = action.CreateTimer.FireAt } });
                    SetTimer(instance, action);
                    break;
                case WorkflowAction.WorkflowActionTypeOneofCase.CompleteWorkflow:
                    instance.Status = action.CompleteWorkflow.WorkflowStatus;
                    world.Tell($"workflow {instance.Id} ends: {instance.Status} {action.CompleteWorkflow.Result}{action.CompleteWorkflow.FailureDetails?.ErrorMessage}");
                    if (instance.Status != OrchestrationStatus.Completed)
                    {
                        world.Violate("every order ends", $"workflow {instance.Id} ended as {instance.Status}: {action.CompleteWorkflow.FailureDetails?.ErrorMessage}");
                    }

                    break;
                default:
                    throw new NotSupportedException($"the simulation's workflow engine does not know {action.WorkflowActionTypeCase} yet");
            }
        }
    }

    private void SetTimer(Instance instance, WorkflowAction action)
    {
        var due = action.CreateTimer.FireAt.ToDateTimeOffset();
        var fired = new HistoryEvent { EventId = -1, TimerFired = new TimerFiredEvent { TimerId = action.Id, FireAt = action.CreateTimer.FireAt } };
        world.Timeline.After(due > world.Timeline.Now ? due - world.Timeline.Now : TimeSpan.Zero, () => Post(instance, fired));
    }

    private void RunActivity(Instance instance, WorkflowAction action)
    {
        var task = action.ScheduleTask;
        var moment = world.Chance.At(Platform.OrderSaga, "runs " + task.Name, instance.Id, _activityFaults);
        world.Timeline.After(moment.Before, () =>
        {
            Begin(moment.Draw);
            if (moment.Fault == Fault.SideBySide)
            {
                world.Tell($"!! {task.Name} of {instance.Id} is run twice at once");
                Begin(moment.Draw >> 7);
            }
        });

        void Begin(ulong draw)
        {
            if (instance.HasEnded)
            {
                return;
            }

            if (world.AnyReplica(Platform.OrderSaga, draw) is not { } worker)
            {
                AgainLater();
                return;
            }

            if (moment.Fault == Fault.CrashBefore)
            {
                worker.Crash($"as it gets {task.Name} of {instance.Id}");
                AgainLater();
                return;
            }

            var heard = false;
            worker.WhenCrashed(() =>
            {
                if (!heard)
                {
                    AgainLater();
                }
            });
            worker.Attend(RunAsync());

            async Task RunAsync()
            {
                var request = new ActivityRequest
                {
                    Name = task.Name,
                    Input = task.Input,
                    TaskId = action.Id,
                    TaskExecutionId = task.TaskExecutionId,
                    WorkflowInstance = new WorkflowInstance { InstanceId = instance.Id },
                };
                var response = await _executors.Value.Activities.ExecuteAsync(request, worker);
                if (!worker.IsAlive)
                {
                    return;
                }

                if (moment.Fault == Fault.CrashAfter)
                {
                    worker.Crash($"after {task.Name} of {instance.Id}");
                    return;
                }

                heard = true;
                if (moment.Fault == Fault.AnswerLost)
                {
                    world.Tell($"!! that {task.Name} of {instance.Id} was run is not heard; it is run again");
                    AgainLater();
                    return;
                }

                End(response);
            }
        }

        void AgainLater() => world.Timeline.After(_untilNoticed, () => RunActivity(instance, action));

        void End(ActivityResponse response)
        {
            // The first answer counts; the engine knows a second one by its number.
            if (instance.Ended.Add(action.Id))
            {
                Post(instance, response.FailureDetails is { } failure
                    ? new HistoryEvent { EventId = -1, TaskFailed = new TaskFailedEvent { TaskScheduledId = action.Id, FailureDetails = failure, TaskExecutionId = task.TaskExecutionId } }
                    : new HistoryEvent { EventId = -1, TaskCompleted = new TaskCompletedEvent { TaskScheduledId = action.Id, Result = response.Result, TaskExecutionId = task.TaskExecutionId } });
            }
        }
    }

    /// <summary>One workflow.</summary>
    public sealed class Instance(string id, string name, int execution)
    {
        public string Id { get; } = id;

        public string Name { get; } = name;

        public int Execution { get; } = execution;

        public OrchestrationStatus Status { get; set; } = OrchestrationStatus.Running;

        public List<HistoryEvent> History { get; } = [];

        public List<HistoryEvent> Inbox { get; } = [];

        public HashSet<int> Ended { get; } = [];

        public bool IsInTurn { get; set; }

        public bool HasEnded => Status != OrchestrationStatus.Running;
    }
}
