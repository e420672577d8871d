using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sidecar.Components;
using Sidecar.Components.JetStreamPubSub;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.PubSub;
using Sidecar.Runtime.Resources;
using Sidecar.Runtime.Resources.Loading;
using Sidecar.Servers;

namespace Sidecar.Testing;

/// <summary>The pub/sub component that a resources folder declares, on a private server of its kind. Apps of a test open it as their sidecars would.</summary>
public sealed class PrivateBroker : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("broker-").FullName;
    private readonly string _resources;
    private readonly ILoggerFactory _loggers;
    private readonly SharedInstances _shared = new();
    private readonly IReadOnlyDictionary<string, string> _metadata;

    private PrivateBroker(string resources, IReadOnlyDictionary<string, string>? metadata, PrivateServer? server, ILoggerFactory loggers)
    {
        _resources = resources;
        _metadata = metadata ?? new Dictionary<string, string>();
        _loggers = loggers;
        Server = server;
    }

    /// <summary>The server; null for a broker inside the sidecar.</summary>
    public PrivateServer? Server { get; }

    /// <summary>Starts the server that the folder's component names at its usual address, and makes the streams that topics need where a broker wants that.</summary>
    /// <param name="resources">Folder such as <c>components/pubsub/redis</c>.</param>
    /// <param name="topics">Topics that will be used.</param>
    /// <param name="metadata">Instead of what the folder says, or besides it; null for nothing.</param>
    /// <param name="loggers">For the components; null for none.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="InvalidOperationException">The server cannot be started; the message says why.</exception>
    public static async Task<PrivateBroker> StartAsync(
        string resources, IReadOnlyList<string> topics, IReadOnlyDictionary<string, string>? metadata = null, ILoggerFactory? loggers = null, CancellationToken cancellationToken = default)
    {
        var declared = await LoadAsync(resources, "any", cancellationToken);
        var server = PrivateServers.ForComponent(declared.Type) is { } name ? PrivateServers.Create(name) : null;
        var broker = new PrivateBroker(resources, metadata, server, loggers ?? NullLoggerFactory.Instance);
        try
        {
            if (server is not null)
                await server.StartAsync(cancellationToken);
            if (server is NatsServer)
                await StreamBootstrap.EnsureAsync($"nats://{server.Address}", topics, cancellationToken: cancellationToken);
            return broker;
        }
        catch
        {
            await broker.DisposeAsync();
            throw;
        }
    }

    /// <summary>The component as one instance of an app gets it.</summary>
    /// <param name="appId">Who opens it.</param>
    /// <param name="metadata">Instead of what the folder says, or besides it, for this instance; null for nothing.</param>
    public async Task<IPubSub> OpenAsync(string appId, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var component = await LoadAsync(_resources, appId, CancellationToken.None);
        var settings = new Dictionary<string, string>(component.Metadata, StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in _metadata.Concat(metadata ?? new Dictionary<string, string>()))
        {
            settings[key] = value;
        }

        component = component with
        {
            Metadata = Server is null ? settings : settings.ToDictionary(
                entry => entry.Key, entry => entry.Value.Replace(Server.UsualAddress, Server.Address, StringComparison.OrdinalIgnoreCase), StringComparer.OrdinalIgnoreCase),
        };
        var context = new ComponentContext { AppId = appId, AppDirectory = _folder, HostDirectory = _folder, Loggers = _loggers, Shared = _shared };
        return (IPubSub)await BuiltInComponents.All.Single(factory => factory.Type == component.Type).CreateAsync(component, context, CancellationToken.None);
    }

    /// <summary>The broker is gone without a warning; what it had taken durably stays. A broker inside the sidecar cannot go alone.</summary>
    public Task BreakAsync() => Server switch
    {
        null => Task.CompletedTask,
        KafkaMockCluster cluster => cluster.BreakAsync(),
        _ => Server.KillAsync(),
    };

    /// <summary>It is back.</summary>
    public Task MendAsync() => Server switch
    {
        null => Task.CompletedTask,
        KafkaMockCluster cluster => cluster.MendAsync(),
        _ => Server.StartAsync(),
    };

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _shared.DisposeAsync();
        if (Server is not null)
            await Server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<Component> LoadAsync(string resources, string appId, CancellationToken cancellationToken)
    {
        var source = new SidecarResourceSource(BuiltInComponents.All, resources, NullLoggerFactory.Instance);
        var options = new Runtime.Hosting.SidecarOptions { AppId = appId, ResourcesPaths = [resources] };
        var loaded = await source.LoadAsync(options, cancellationToken);
        return loaded.Components.Single(component => component.Type.StartsWith("pubsub.", StringComparison.Ordinal));
    }
}
