using System.Runtime.CompilerServices;
using Simulation.Faults;
using Simulation.Histories;
using Simulation.Programs;

namespace Simulation.Seams;

/// <summary>What one history is played in: every program's replicas, and below them stores, broker, jobs and workflow engine, all on one timeline.</summary>
internal sealed class World
{
    private readonly Dictionary<string, StateStore> _stores = [];
    private readonly Dictionary<string, Replica?[]> _replicas = [];

    public World(Plan plan, Sabotage sabotage, bool tells)
    {
        Timeline = new Timeline();
        Clock = new VirtualClock(Timeline);
        Chance = new Chance(plan.Seed, plan.Weather);
        Sabotage = sabotage;
        Story = tells ? [] : null;
        Facts = new Facts(this);
        PartnerKeys = new PartnerKeys(this, plan);
        Broker = new Broker(this, plan.BrokerKeepsOrder);
        Workflows = new WorkflowHost(this);
        foreach (var program in Platform.Programs)
        {
            _stores[program.AppId] = new StateStore(Timeline);
            var replicas = new Replica[Platform.IsPartner(program.AppId) ? 1 : plan.Replicas];
            for (var number = 0; number < replicas.Length; number++)
            {
                replicas[number] = new Replica(this, program, number);
            }

            _replicas[program.AppId] = replicas;
        }
    }

    public Timeline Timeline { get; }

    public VirtualClock Clock { get; }

    public Chance Chance { get; }

    public Sabotage Sabotage { get; }

    public Facts Facts { get; }

    public PartnerKeys PartnerKeys { get; }

    public Broker Broker { get; }

    public WorkflowHost Workflows { get; }

    public Dictionary<string, IDisposable> Jobs { get; } = [];

    /// <summary>What happened, line by line; null when nobody wants to know.</summary>
    public List<string>? Story { get; }

    /// <summary>The first property that did not hold.</summary>
    public Violation? Violation { get; private set; }

    public StateStore StoreOf(string app) => _stores[app];

    public IEnumerable<StateStore> Stores => _stores.Values;

    /// <summary>A partner's only process.</summary>
    public Replica Partner(string app) => _replicas[app][0]!;

    public bool HasOutbox(string app) => Facts.HasOutbox(app);

    /// <summary>One of the replicas that are up; null while none is.</summary>
    public Replica? AnyReplica(string app, ulong draw)
    {
        var replicas = _replicas[app];
        var first = (int)(draw % (ulong)replicas.Length);
        for (var number = 0; number < replicas.Length; number++)
        {
            if (replicas[(first + number) % replicas.Length] is { IsAlive: true } replica)
            {
                return replica;
            }
        }

        return null;
    }

    /// <summary>A call of a replica to what is below it.</summary>
    /// <param name="replica">Who calls.</param>
    /// <param name="what">What it does, as a verb.</param>
    /// <param name="about">What it does it with.</param>
    /// <param name="possible">What may go wrong.</param>
    /// <param name="effect">The call itself.</param>
    /// <param name="broken">The error that the caller sees.</param>
    public Task<T> StepAsync<T>(Replica replica, string what, string about, ReadOnlySpan<Fault> possible, Func<T> effect, Func<string, Exception> broken)
    {
        var moment = Chance.At(replica.Name, what, about, possible);
        var answer = new TaskCompletionSource<T>();
        Timeline.After(moment.Before, () =>
        {
            if (!replica.IsAlive && moment.Draw % 2 == 0)
            {
                // It was not sent any more; in the other half of the cases it was, and only nobody is there to hear the answer.
                return;
            }

            switch (moment.Fault)
            {
                case Fault.CrashBefore:
                    replica.Crash($"before it {what} {about}");
                    return;
                case Fault.Refused:
                    Tell($"!! {replica} {what} {about}: refused");
                    Answer(() => answer.SetException(broken($"{what} {about} was refused")));
                    return;
                case Fault.Late:
                    Tell($"!! {replica} {what} {about} only now");
                    break;
            }

            T result;
            try
            {
                result = effect();
            }
            catch (Dapr.DaprException refusal)
            {
                Answer(() => answer.SetException(refusal));
                return;
            }

            switch (moment.Fault)
            {
                case Fault.CrashAfter:
                    replica.Crash($"just after it {what} {about}");
                    break;
                case Fault.AnswerLost:
                    Tell($"!! {replica} never hears that it {what} {about}");
                    Answer(() => answer.SetException(broken($"the answer to {what} {about} was lost")));
                    break;
                default:
                    Answer(() => answer.SetResult(result));
                    break;
            }
        });
        return answer.Task;

        void Answer(Action complete) => Timeline.After(moment.After, () =>
        {
            if (replica.IsAlive)
            {
                Timeline.Wake(complete);
            }
        });
    }

    /// <summary>Another process takes the place of a dead one; the first thing it does is to look into the outbox.</summary>
    public void Restart(Replica dead)
    {
        var moment = Chance.At(dead.Name, "restarts", string.Empty);
        Timeline.After(TimeSpan.FromMilliseconds(200 + (moment.Draw % 8_000)), () =>
        {
            var program = Platform.Programs.Single(program => program.AppId == dead.AppId);
            var replica = _replicas[dead.AppId][dead.Number] = new Replica(this, program, dead.Number);
            Tell($"{replica} is back");
            replica.ExpectRelay(TimeSpan.Zero);
        });
    }

    public void ExpectRelays(string app)
    {
        foreach (var replica in _replicas[app])
        {
            replica?.ExpectRelay(ServiceDefaults.Outbox.OutboxRelay.TidyEvery);
        }
    }

    /// <summary>A line of the story; its text is made only when there is one.</summary>
    public void Tell([InterpolatedStringHandlerArgument("")] ref StoryLine line)
    {
        if (Story is { } story)
        {
            story.Add($"{Timeline.Now - Timeline.Start:mm\\:ss\\.fff}  {line.ToString()}");
        }
    }

    /// <summary>A property does not hold: the history ends here.</summary>
    public void Violate(string property, string what)
    {
        Violation ??= new Violation(property, what);
        Tell($">> {property}: {what}");
        Timeline.Stop();
    }

    /// <summary>No request may ever end in a bug.</summary>
    public void CheckAnswer(Replica replica, Request request, Answer answer)
    {
        if (answer.Status == 500)
        {
            Violate("no handler breaks", $"{replica} answers 500 to {request.Method} {request.Path}");
        }
    }
}

/// <summary>A property that did not hold, and what was seen instead.</summary>
internal sealed record Violation(string Property, string What);
