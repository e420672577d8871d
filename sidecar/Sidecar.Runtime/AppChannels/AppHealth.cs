using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Telemetry;

namespace Sidecar.Runtime.AppChannels;

/// <summary>
/// Watches one app: first until its port accepts a connection, then, with health checks on, by probes. A threshold of failures in a row makes it unhealthy, one success healthy.
/// </summary>
internal sealed partial class AppHealth : IAsyncDisposable
{
    private static readonly TimeSpan s_firstPortInterval = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan s_portInterval = TimeSpan.FromMilliseconds(50);

    private readonly SidecarOptions _options;
    private readonly AppConnections _connections;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private TaskCompletionSource _healthy = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _watching = Task.CompletedTask;
    private volatile bool _isHealthy;

    public AppHealth(SidecarOptions options, AppConnections connections, TimeProvider time, ILogger logger)
    {
        _options = options;
        _connections = connections;
        _time = time;
        _logger = logger;
        if (options.AppPort <= 0)
            Report(healthy: true);
    }

    public event Action<bool>? Changed;

    public bool IsHealthy => _isHealthy;

    public Task WaitUntilHealthyAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
            return _healthy.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Starts watching; an app without a port is taken to be healthy.</summary>
    public void Start()
    {
        if (_options.AppPort > 0)
            _watching = WatchAsync(_stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        await WaitForPortAsync(cancellationToken);
        if (_options.AppHealthCheck is not { } check)
        {
            Report(healthy: true);
            return;
        }

        var failures = 0;
        while (true)
        {
            var passed = await ProbeAsync(check, cancellationToken);
            failures = passed ? 0 : failures + 1;
            if (passed)
                Report(healthy: true);
            else if (failures >= check.Threshold)
                Report(healthy: false);
            await Task.Delay(check.Interval, _time, cancellationToken);
        }
    }

    private async Task WaitForPortAsync(CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(_options.AppChannelAddress, _options.AppPort, cancellationToken);
                return;
            }
            catch (SocketException)
            {
                if (tries == 60)
                    LogWaiting(_options.AppId, _options.AppChannelAddress, _options.AppPort);

                // Real time also under a test clock: whether a port is open is a matter of the machine.
                await Task.Delay(tries < 20 ? s_firstPortInterval : s_portInterval, cancellationToken);
            }
        }
    }

    private async Task<bool> ProbeAsync(AppHealthCheckOptions check, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(check.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        using var request = AppProbe.CreateRequest(_options, check);
        try
        {
            var connections = _options.IsTlsApp ? _connections.Unverified : _connections.Verified;
            using var response = await connections.SendAsync(request, either.Token);
            CallDiagnostics.App(request, response.StatusCode);
            return await AppProbe.IsPassedAsync(_options, response, either.Token);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private void Report(bool healthy)
    {
        lock (_gate)
        {
            if (_isHealthy == healthy)
                return;
            _isHealthy = healthy;
            if (healthy)
                _healthy.TrySetResult();
            else
                _healthy = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        if (_options.AppPort > 0)
            LogHealth(_options.AppId, healthy ? "healthy" : "unhealthy");
        Changed?.Invoke(healthy);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{AppId}: waiting for the app to listen on {Address}:{Port}")]
    private partial void LogWaiting(string appId, string address, int port);

    [LoggerMessage(Level = LogLevel.Information, Message = "{AppId}: the app is {Health}")]
    private partial void LogHealth(string appId, string health);
}
