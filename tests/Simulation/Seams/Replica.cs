using Dapr.Client;
using Dapr.Jobs;
using Dapr.Workflow;
using ServiceDefaults.Outbox;
using Simulation.Programs;

namespace Simulation.Seams;

/// <summary>One process of a service: what it knows is lost with it.</summary>
internal sealed class Replica : IServiceProvider
{
    private readonly World _world;
    private readonly ServiceProgram _program;
    private readonly Dictionary<Type, object> _made = [];
    private readonly List<Action<Answer?>> _inHand = [];
    private OutboxRelay? _relay;
    private bool _relayIsDue;

    public Replica(World world, ServiceProgram program, int number)
    {
        _world = world;
        _program = program;
        Number = number;
        Name = Platform.IsPartner(program.AppId) ? program.AppId : $"{program.AppId}#{number + 1}";
        _made[typeof(TimeProvider)] = world.Clock;
        _made[typeof(Random)] = new Random(unchecked((int)world.Chance.At(Name, "starts", string.Empty).Draw));
        _made[typeof(DaprClient)] = new SimulatedDapr(world, this);
        switch (program.AppId)
        {
            case Platform.Ordering:
                _made[typeof(DaprJobsClient)] = new SimulatedJobs(world, this);
                break;
            case Platform.OrderSaga:
                _made[typeof(IDaprWorkflowClient)] = new SimulatedWorkflowClient(world, this);
                break;
            case Platform.PaymentProvider:
                _made[typeof(PaymentProvider.Books)] = new PaymentProvider.Books(new MemoryStream(), world.Clock);
                break;
            case Platform.Carrier:
                _made[typeof(Carrier.Books)] = new Carrier.Books(new MemoryStream(), world.Clock);
                break;
        }
    }

    public string AppId => _program.AppId;

    public int Number { get; }

    public string Name { get; }

    public bool IsAlive { get; private set; } = true;

    public object? GetService(Type serviceType)
    {
        if (_made.TryGetValue(serviceType, out var made))
        {
            return made;
        }

        if (_program.Make(serviceType, this) is { } own)
        {
            return _made[serviceType] = own;
        }

        return _program.Services.GetService(serviceType);
    }

    /// <summary>Handles a request; <paramref name="done"/> gets null when the replica is gone before it has answered.</summary>
    public void Serve(Request request, Action<Answer?> done)
    {
        _inHand.Add(done);
        Attend(ServeAsync());

        async Task ServeAsync()
        {
            var answer = await _program.HandleAsync(request, this);
            if (IsAlive)
            {
                _inHand.Remove(done);
                done(answer);
            }
        }
    }

    /// <summary>Kills it: what it has in hand stays as it is. Another process takes its place soon.</summary>
    public void Crash(string when)
    {
        if (!IsAlive)
        {
            return;
        }

        IsAlive = false;
        _world.Tell($"!! {Name} is killed {when}");
        foreach (var waiting in _inHand)
        {
            _world.Timeline.After(TimeSpan.FromMilliseconds(20), () => waiting(null));
        }

        _inHand.Clear();
        _world.Restart(this);
    }

    /// <summary>A round of the relay will come, as it does in a real process every few seconds; without anything in the outbox nobody would see a difference.</summary>
    public void ExpectRelay(TimeSpan soon)
    {
        if (_program.Relay is null || _relayIsDue || !IsAlive)
        {
            return;
        }

        _relayIsDue = true;
        _world.Timeline.After(soon, () =>
        {
            _relayIsDue = false;
            if (IsAlive)
            {
                Attend(RelayAsync());
            }
        });
    }

    /// <summary>Calls back if it is killed.</summary>
    public void WhenCrashed(Action crashed) => _inHand.Add(answer =>
    {
        if (answer is null)
        {
            crashed();
        }
    });

    /// <summary>Sees to it that nothing fails unseen.</summary>
    public void Attend(Task work) => _ = AttendAsync(work);

    public override string ToString() => Name;

    private async Task AttendAsync(Task work)
    {
        try
        {
            await work;
        }
        catch (Exception exception) when (IsAlive)
        {
            _world.Violate("no handler breaks", $"{Name}: {exception}");
        }
    }

    private async Task RelayAsync()
    {
        _relay ??= (OutboxRelay)_program.Relay!(this, null);
        _relayIsDue = true;
        await _relay.RoundAsync(CancellationToken.None);
        _relayIsDue = false;
        if (_world.HasOutbox(AppId))
        {
            ExpectRelay(OutboxRelay.TidyEvery);
        }
    }
}
