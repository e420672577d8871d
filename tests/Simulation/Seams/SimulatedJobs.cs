using System.Globalization;
using Dapr;
using Dapr.Jobs;
using Dapr.Jobs.Models;
using Dapr.Jobs.Models.Responses;
using Simulation.Faults;
using Simulation.Programs;

namespace Simulation.Seams;

/// <summary>Dapr jobs: each is posted to a replica when it is due, again and again until one accepts it.</summary>
internal sealed class SimulatedJobs(World world, Replica replica) : DaprJobsClient
{
    private static readonly Fault[] _faults = [Fault.CrashBefore, Fault.CrashAfter, Fault.Refused, Fault.AnswerLost, Fault.Late];
    private static readonly Fault[] _triggerFaults = [Fault.CrashBefore, Fault.CrashAfter, Fault.Late, Fault.Again];
    private static readonly TimeSpan _betweenAttempts = TimeSpan.FromSeconds(2);

    public override Task ScheduleJobAsync(
        string jobName,
        DaprJobSchedule schedule,
        ReadOnlyMemory<byte>? payload,
        DateTimeOffset? startingFrom,
        int? repeats,
        DateTimeOffset? ttl,
        bool overwrite,
        IJobFailurePolicyOptions? failurePolicyOptions,
        CancellationToken cancellationToken) =>
        world.StepAsync(replica, "schedules", jobName, _faults, () => Schedule(jobName, DateTimeOffset.Parse(schedule.ExpressionValue, CultureInfo.InvariantCulture)), reason => new DaprException(reason));

    public override Task<DaprJobDetails> GetJobAsync(string jobName, CancellationToken cancellationToken) => throw new NotSupportedException();

    public override Task DeleteJobAsync(string jobName, CancellationToken cancellationToken) => throw new NotSupportedException();

    private bool Schedule(string name, DateTimeOffset due)
    {
        world.Tell($"{replica} schedules {name} for {due - Timeline.Start:mm\\:ss\\.fff}");
        if (world.Jobs.Remove(name, out var before))
        {
            before.Dispose();
        }

        world.Jobs[name] = world.Timeline.After(due > world.Timeline.Now ? due - world.Timeline.Now : TimeSpan.Zero, () => Trigger(world, name));
        return true;
    }

    private static void Trigger(World world, string name)
    {
        var moment = world.Chance.At(Platform.Ordering, "is due", name, _triggerFaults);
        world.Timeline.After(moment.Before, () =>
        {
            if (world.AnyReplica(Platform.Ordering, moment.Draw) is not { } target)
            {
                world.Timeline.After(_betweenAttempts, () => Trigger(world, name));
                return;
            }

            if (moment.Fault == Fault.CrashBefore)
            {
                target.Crash($"as {name} is due");
                world.Timeline.After(_betweenAttempts, () => Trigger(world, name));
                return;
            }

            world.Tell($"{name} is due at {target}");
            var request = Request.Post($"/job/{name}", default);
            target.Serve(request, answer =>
            {
                if (answer is not null)
                {
                    world.CheckAnswer(target, request, answer);
                }

                if (moment.Fault == Fault.CrashAfter)
                {
                    target.Crash($"after {name}");
                }

                if (answer is not { IsSuccess: true } || moment.Fault is Fault.CrashAfter or Fault.Again)
                {
                    world.Timeline.After(_betweenAttempts, () => Trigger(world, name));
                }
            });
        });
    }
}
