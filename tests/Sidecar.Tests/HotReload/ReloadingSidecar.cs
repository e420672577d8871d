using System.Collections.Concurrent;
using System.Net.Http.Json;
using Microsoft.Extensions.Logging;
using Sidecar.Components;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Resources.Loading;
using Sidecar.Tests.Hosting;

namespace Sidecar.Tests.HotReload;

/// <summary>A sidecar that follows its resources folder, as the command line starts it.</summary>
internal sealed class ReloadingSidecar : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("reload-").FullName;
    private readonly Lines _log = new();
    private SidecarHost _host = null!;

    private string Folder => Path.Combine(_directory, "res");

    public HttpClient Client { get; private set; } = null!;

    public string Log => string.Join('\n', _log.Written);

    public static async Task<ReloadingSidecar> StartAsync(int appPort, string? configuration = null, params (string File, string Yaml)[] files)
    {
        var sidecar = new ReloadingSidecar();
        Directory.CreateDirectory(sidecar.Folder);
        foreach (var (file, yaml) in files)
            sidecar.Write(file, yaml);
        var config = Path.Combine(sidecar._directory, "config.yaml");
        if (configuration is not null)
            await File.WriteAllTextAsync(config, configuration);
        var options = new SidecarOptions
        {
            AppId = "orders",
            AppPort = appPort,
            AppDirectory = sidecar._directory,
            ResourcesPaths = [sidecar.Folder],
            ConfigPaths = configuration is null ? [] : [config],
            HotReload = true,
        };
        var loggers = LoggerFactory.Create(logging => logging.AddProvider(sidecar._log));
        sidecar._host = await SidecarHost.StartAsync(new SidecarHostOptions
        {
            Sidecars = [new SidecarDefinition(options, new SidecarResourceSource(BuiltInComponents.All, sidecar._directory, loggers).LoadAsync)],
            Factories = BuiltInComponents.All,
            SchedulerStore = new DictionaryStateStore(TimeProvider.System),
            HostDirectory = sidecar._directory,
            LoggerFactory = loggers,
        });
        await sidecar._host.WaitUntilReadyAsync(new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token);
        sidecar.Client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri($"http://127.0.0.1:{sidecar._host.Sidecars[0].HttpPort}") };
        return sidecar;
    }

    public void Write(string file, string yaml) => File.WriteAllText(Path.Combine(Folder, file), yaml);

    public void Delete(string file) => File.Delete(Path.Combine(Folder, file));

    public string PathOf(string name) => Path.Combine(_directory, name);

    public Task LogsAsync(string text) => UntilAsync(() => Task.FromResult(Log.Contains(text, StringComparison.Ordinal)), $"'{text}' in the log");

    public async Task<int> SaveAsync(string store, string key, int value) =>
        (int)(await Client.PostAsJsonAsync($"/v1.0/state/{store}", new[] { new { key, value } })).StatusCode;

    public async Task<int> ReadAsync(string store, string key) => (int)(await Client.GetAsync($"/v1.0/state/{store}/{key}")).StatusCode;

    public async Task PublishAsync(string data) => (await Client.PostAsync("/v1.0/publish/bus/news", new StringContent(data))).EnsureSuccessStatusCode();

    public async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await condition())
        {
            if (patience.IsCancellationRequested)
                throw new TimeoutException($"waited for {what}; the log:\n{Log}");
            await ticks.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _host.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private sealed class Lines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Written { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Enqueue($"{logLevel}: {formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
