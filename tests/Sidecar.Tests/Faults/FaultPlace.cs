using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Sidecar.Runtime.Faults;
using Sidecar.Testing;

namespace Sidecar.Tests.Faults;

/// <summary>A sidecar with fault points, a store, a broker and an app.</summary>
internal sealed class FaultPlace : IAsyncDisposable
{
    public const string Key = "order-4711";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly WebApplication _app;

    private FaultPlace(TestSidecar sidecar, WebApplication app, FaultPoints points) => (Sidecar, _app, Points) = (sidecar, app, points);

    public TestSidecar Sidecar { get; }

    public FaultPoints Points { get; }

    public static async Task<FaultPlace> OpenAsync(Action<WebApplication>? routes = null)
    {
        var points = new FaultPoints(TimeProvider.System);
        var sidecar = await TestSidecar.For("orders").WithInMemoryState("statestore").WithSubscription("pubsub", "paid", "/paid")
            .WithEmbeddedPubSub("pubsub", ("redeliverInterval", "50ms")).WithFaults(points).StartAsync();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{sidecar.AppPort}");
        var app = builder.Build();
        routes?.Invoke(app);
        await app.StartAsync();
        await sidecar.WaitUntilReadyAsync().WaitAsync(s_patience);
        return new FaultPlace(sidecar, app, points);
    }

    public void Arm(FaultKind kind, string point, Func<Fault, Fault>? more = null)
    {
        var fault = new Fault(point, Key, kind) { Id = "the fault" };
        Points.Arm([], [more?.Invoke(fault) ?? fault]);
    }

    /// <summary>Waits for a condition; the time is a bound, never an expectation.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        using var patience = new CancellationTokenSource(s_patience);
        while (!condition())
            await timer.WaitForNextTickAsync(patience.Token);
    }

    public static Uri At(string path) => new(path, UriKind.Relative);

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await Sidecar.DisposeAsync();
    }
}
