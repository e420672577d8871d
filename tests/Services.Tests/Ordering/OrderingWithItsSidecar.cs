using System.Collections.Concurrent;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Ordering;
using Ordering.Contracts;
using ServiceDefaults;
using ServiceDefaults.Switches;
using Sidecar.Testing;

namespace Services.Tests.Ordering;

/// <summary>The service as its Program.cs makes it, with a sidecar of its own and, if the test wants them, feature switches in a file.</summary>
internal sealed class OrderingWithItsSidecar : IAsyncDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("switches-").FullName;
    private readonly Lines _log = new();
    private TestSidecar _sidecar = null!;
    private WebApplicationFactory<Orders> _service = null!;

    private string SwitchesFile => Path.Combine(_folder, "switches.json");

    public static async Task<OrderingWithItsSidecar> StartAsync(string? switches)
    {
        var ordering = new OrderingWithItsSidecar();
        var sidecar = TestSidecar.For("ordering").WithSqliteState("statestore").WithEmbeddedPubSub("pubsub");
        if (switches is not null)
        {
            await ordering.WriteAsync(switches);
            sidecar = sidecar.WithComponent(SwitchFollower.Store, "configuration.embedded", ("path", ordering.SwitchesFile), ("pollInterval", "20ms"));
        }

        ordering._sidecar = await sidecar.StartAsync();
        ordering._service = new WebApplicationFactory<Orders>().WithWebHostBuilder(host =>
        {
            ordering._sidecar.Configure((name, value) => host.UseSetting(name, value));
            host.ConfigureLogging(logging => logging.ClearProviders().Services.AddSingleton<ILoggerProvider>(ordering._log));
        });
        ordering._service.UseKestrel(ordering._sidecar.AppPort);
        ordering._service.StartServer();
        await ordering._sidecar.WaitUntilReadyAsync().WaitAsync(_patience);
        return ordering;
    }

    /// <summary>An operator edits the switches.</summary>
    public Task WriteAsync(string switches) => File.WriteAllTextAsync(SwitchesFile, switches);

    /// <summary>Waits until a switch stands at a value.</summary>
    public Task SwitchBecomesAsync(string key, string value) => UntilAsync(async () => (await SwitchesAsync())[key] == value, $"{key} never became {value}");

    /// <summary>Waits until the service has logged something.</summary>
    public Task SaysAsync(string text) => UntilAsync(() => Task.FromResult(Says(text) > 0), $"it never said '{text}'");

    /// <summary>How often the service has logged something.</summary>
    public int Says(string text) => _log.All.Count(line => line.Contains(text, StringComparison.Ordinal));

    public async Task<IReadOnlyDictionary<string, string>> SwitchesAsync() =>
        (await _sidecar.Http.GetFromJsonAsync<SwitchView[]>("v1.0/invoke/ordering/method/switches", WireJson.Options))!.ToDictionary(view => view.Key, view => view.Value);

    public async Task<int> SubmitAsync(string orderId)
    {
        using var answer = await PostAsync("orders", new SubmitOrder(Some.Order(orderId)));
        return (int)answer.StatusCode;
    }

    /// <summary>A submitted order arrives at the gate, as the saga brings it there.</summary>
    public async Task<ApprovalStatus> ArriveAsync(string orderId, decimal amount)
    {
        Assert.Equal(202, await SubmitAsync(orderId));
        using var answer = await PostAsync($"orders/{orderId}/request-approval", new RequestApproval(amount, []));
        return (await answer.Content.ReadFromJsonAsync<ApprovalAnswer>(WireJson.Options))!.Status;
    }

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        await _sidecar.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task UntilAsync(Func<Task<bool>> holds, string otherwise)
    {
        using var patience = new CancellationTokenSource(_patience);
        while (!await holds())
        {
            Assert.False(patience.IsCancellationRequested, otherwise);
            await Task.Delay(TimeSpan.FromMilliseconds(10), CancellationToken.None);
        }
    }

    private Task<HttpResponseMessage> PostAsync(string path, object body) =>
        _sidecar.Http.PostAsync($"v1.0/invoke/ordering/method/{path}", JsonContent.Create(body, body.GetType(), options: WireJson.Options));

    /// <summary>What was logged.</summary>
    private sealed class Lines : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public IEnumerable<string> All => _lines;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => _lines.Enqueue(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
