using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Sidecar.Runtime.AppChannels;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Hosting;

namespace Sidecar.Runtime.Actors;

/// <summary>Actors of one sidecar: it hosts the types its app names while the app is healthy, and calls actors wherever they are.</summary>
internal sealed partial class ActorsBlock : IBuildingBlock
{
    private readonly SidecarContext _context;
    private readonly ILogger _logger;
    private readonly AppHealthFollower _health;
    private readonly ActorStateStore? _state;
    private readonly SemaphoreSlim _opening = new(1, 1);
    private Lease<ActorSystem>? _system;
    private IReadOnlyDictionary<string, ActorTypeSettings> _types = new Dictionary<string, ActorTypeSettings>();
    private volatile ActorHost? _host;
    private CancellationToken _abort;
    private bool _started;

    public ActorsBlock(SidecarContext context)
    {
        _context = context;
        _logger = context.Loggers.CreateLogger("Sidecar.Actors");
        _state = ActorStateStore.Of(context);
        _health = new AppHealthFollower(context.App, FollowAsync);
    }

    /// <summary>True once the app was asked for its types.</summary>
    public bool IsReady => _started;

    /// <summary>The types hosted here and how many of their actors are active.</summary>
    public IReadOnlyList<(string Type, int Count)> Active =>
        _host is { } host ? [.. host.Types.Values.Select(type => (type.Name, type.Active)).OrderBy(type => type.Name, StringComparer.Ordinal)] : [];

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var system = await GetSystemAsync(cancellationToken);
        if (_context.Options.AskConfig && _context.App is { IsConfigured: true, Callback: null })
            _types = await AskAppAsync(cancellationToken);
        _started = true;
        if (_types.Count == 0)
            return;
        var names = string.Join(", ", _types.Keys.Order(StringComparer.Ordinal));
        if (_state is null)
        {
            _types = new Dictionary<string, ActorTypeSettings>();
            _logger.NoStateStore(_context.Options.AppId, names);
            return;
        }

        _logger.Hosting(_context.Options.AppId, names);
        await _health.StartAsync();
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _abort = cancellationToken;
        await _health.StopAsync();
        await LeaveAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(new CancellationToken(canceled: true));
        if (_system is { } system)
            await system.DisposeAsync();
        _opening.Dispose();
    }

    private bool Hosts(string type) => _host is { HasLeft: false } host && host.Types.ContainsKey(type);

    /// <summary>The app's types; none when it cannot be asked or has no usable answer.</summary>
    private async Task<IReadOnlyDictionary<string, ActorTypeSettings>> AskAppAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/dapr/config", UriKind.Relative));
            using var response = await _context.App.SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken);
            if (response.StatusCode == HttpStatusCode.OK && await response.Content.ReadAsByteArrayAsync(cancellationToken) is { Length: > 0 } body)
                return ActorConfig.Read(body);
        }
        catch (Exception e) when (e is JsonException or FormatException or HttpRequestException or IOException)
        {
            _logger.ConfigRefused(_context.Options.AppId, e.Message);
        }

        return new Dictionary<string, ActorTypeSettings>();
    }

    private async Task FollowAsync(bool healthy)
    {
        if (!healthy)
        {
            await LeaveAsync();
        }
        else if (_host is null)
        {
            _host = new ActorHost(_context, _types, $"{_context.Options.AppId}||{_context.Options.AppPort}", _logger);
            _system!.Instance.Placement.Join(_host);
        }
    }

    private async Task LeaveAsync()
    {
        if (_host is { } host)
        {
            await _system!.Instance.Placement.LeaveAsync(host, _abort);
            _host = null;
        }
    }

    private async ValueTask<ActorSystem> GetSystemAsync(CancellationToken cancellationToken)
    {
        if (_system is { } open)
            return open.Instance;
        await _opening.WaitAsync(cancellationToken);
        try
        {
            _system ??= await _context.Shared.LeaseAsync(_context.Options.Namespace, () => Task.FromResult(new ActorSystem(_context, _logger)));
            return _system.Instance;
        }
        finally
        {
            _opening.Release();
        }
    }
}
