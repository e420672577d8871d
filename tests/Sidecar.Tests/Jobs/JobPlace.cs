using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Threading.Channels;
using Conformance;
using Microsoft.Extensions.Logging.Abstractions;
using Sidecar.Runtime.AppChannels;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Jobs;
using Sidecar.Runtime.Resiliency;
using Sidecar.Runtime.Resources;
using Sidecar.Runtime.State;

namespace Sidecar.Tests.Jobs;

/// <summary>A scheduler store, a clock and an app; sidecars of the app may come and go.</summary>
internal sealed class JobPlace : IAsyncDisposable
{
    private readonly ComponentPlace _components = new();
    private readonly List<JobsBlock> _blocks = [];
    private SharedInstances _host = new();
    private IStateStore _store = null!;

    public JobClock Clock { get; private set; } = null!;

    public FakeApp App { get; } = new();

    public static async Task<JobPlace> CreateAsync(DateTimeOffset? now = null)
    {
        var place = new JobPlace { Clock = new JobClock(now ?? new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)) };
        place._store = await place._components.MakeAsync<IStateStore>("state.in-memory", []);
        return place;
    }

    public async Task<JobsBlock> StartAsync(FakeApp? app = null)
    {
        var block = new JobsBlock(new SidecarContext
        {
            Options = new SidecarOptions { AppId = "app", AppPort = 1 },
            Resources = new SidecarResources(),
            Components = new LoadedComponents(),
            App = app ?? App,
            Policies = new ResiliencyPolicies([], Clock),
            SchedulerStore = _store,
            Shared = _host,
            Time = Clock,
            Loggers = NullLoggerFactory.Instance,
        });
        _blocks.Add(block);
        await block.StartAsync(default);
        return block;
    }

    /// <summary>The host ends; what is started next is another.</summary>
    public async Task StopHostAsync()
    {
        foreach (var block in _blocks)
        {
            await block.DisposeAsync();
        }

        _blocks.Clear();
        await _host.DisposeAsync();
        _host = new SharedInstances();
    }

    /// <summary>Waits for what happens right after a delivery.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var end = DateTime.UtcNow + FakeApp.Patience;
        while (!await condition())
        {
            Assert.True(DateTime.UtcNow < end, "the condition never came true");
            await Task.Delay(1);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopHostAsync();
        await _store.DisposeAsync();
        await _components.DisposeAsync();
    }
}

/// <summary>A clock that a test steps to a time; timers that come due run inside the step.</summary>
internal sealed class JobClock : TimeProvider
{
    private readonly SteppedClock _inner = new();
    private readonly TimeSpan _offset;

    public JobClock(DateTimeOffset now) => _offset = now - _inner.GetUtcNow();

    public override long TimestampFrequency => _inner.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => _inner.GetUtcNow() + _offset;

    public override long GetTimestamp() => _inner.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => _inner.CreateTimer(callback, state, dueTime, period);

    public void Step(TimeSpan by)
    {
        // Hour by hour, as waits are cut: a long wait must not end early.
        for (var left = by; left > TimeSpan.Zero; left -= TimeSpan.FromMinutes(59))
        {
            _inner.Step(left < TimeSpan.FromMinutes(59) ? left : TimeSpan.FromMinutes(59));
        }
    }

    public void StepTo(DateTimeOffset time) => Step(time - GetUtcNow());
}

/// <summary>An app as a sidecar sees it, answering as a test says.</summary>
internal sealed class FakeApp : IAppChannel
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Channel<(string Path, string Body)> _requests = Channel.CreateUnbounded<(string Path, string Body)>();
    private bool _healthy = true;

    public event Action<bool>? HealthChanged;

    public bool IsConfigured => true;

    public AppCallback? Callback => null;

    public bool IsHealthy
    {
        get => _healthy;
        set
        {
            _healthy = value;
            HealthChanged?.Invoke(value);
        }
    }

    public ConcurrentQueue<(string Path, string Body)> Requests { get; } = new();

    /// <summary>Answer to the next requests; throw to be unreachable.</summary>
    public Func<HttpStatusCode> Answer { get; set; } = () => HttpStatusCode.OK;

    public async Task<(string Path, string Body)> NextAsync() => await _requests.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    public Task WaitUntilHealthyAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, HttpCompletionOption completion, CancellationToken cancellationToken)
    {
        var received = (request.RequestUri!.OriginalString, Encoding.UTF8.GetString(await request.Content!.ReadAsByteArrayAsync(cancellationToken)));
        Assert.Equal("application/json", request.Content.Headers.ContentType?.MediaType);
        Requests.Enqueue(received);
        _requests.Writer.TryWrite(received);
        return new HttpResponseMessage(Answer());
    }
}
