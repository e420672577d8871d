using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Sidecar.Runtime.AppChannels;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.State;

namespace Sidecar.Runtime.Bindings;

/// <summary>The bindings of one sidecar: calls out for the app, and events that come in while the app is healthy.</summary>
internal sealed class BindingsBlock : IBuildingBlock
{
    private readonly SidecarContext _context;
    private readonly ConcurrentDictionary<LoadedComponent<IBinding>, InputReader> _readers = new(ReferenceEqualityComparer.Instance);
    private readonly ILogger _logger;
    private readonly AppHealthFollower _health;
    private readonly AppBindings _app;

    public BindingsBlock(SidecarContext context, StateBlock state)
    {
        _context = context;
        _logger = context.Loggers.CreateLogger("bindings");
        _health = new AppHealthFollower(context.App, FollowAsync);
        IBindingReceiver receiver = context.App.Callback is { } callback
            ? new GrpcBindingReceiver(callback, new BindingAnswers(state, this, _logger), _logger)
            : new HttpBindingReceiver(context.App, context.Options.BindingOptionsTimeout, context.Time, _logger);
        _app = new AppBindings(context, receiver, _logger);
    }

    /// <summary>Calls an output binding.</summary>
    /// <exception cref="InvalidOperationException">There is none of that name, or it does not know the operation.</exception>
    public async Task<BindingResponse?> InvokeAsync(string name, BindingRequest request, CancellationToken cancellationToken)
    {
        if (request.Operation.Length == 0)
            throw new InvalidOperationException("operation field is missing from request");
        if (!_context.Components.Bindings.TryGetValue(name, out var component) || component.Instance is not IOutputBinding binding)
            throw new InvalidOperationException($"couldn't find output binding {name}");
        if (!binding.Operations.Contains(request.Operation))
            throw new InvalidOperationException($"binding {name} does not support operation {request.Operation}. supported operations:{string.Join(' ', binding.Operations)}");
        return await _context.Policies.ForComponentOutbound(name, component.Resource.Type).ExecuteAsync(token => binding.InvokeAsync(request, token), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!_context.App.IsConfigured)
            return;
        foreach (var component in _context.Components.Bindings.Values)
            await AddAsync(component, cancellationToken);
        await _health.StartAsync();
    }

    /// <summary>Stops reading bindings that were replaced or taken away, and reads those that joined.</summary>
    public async Task FollowComponentsAsync(CancellationToken cancellationToken)
    {
        if (!_context.App.IsConfigured)
            return;
        foreach (var (component, reader) in _readers)
        {
            if (_context.Components.Bindings.GetValueOrDefault(component.Resource.Name) == component || !_readers.TryRemove(component, out var _))
                continue;
            using var drain = new CancellationTokenSource(_context.Options.GracefulShutdown);
            await reader.StopAsync(drain.Token);
            reader.Dispose();
        }

        foreach (var component in _context.Components.Bindings.Values.Where(component => !_readers.ContainsKey(component)))
        {
            if (await AddAsync(component, cancellationToken) is { } reader && _context.App.IsHealthy)
                await StartAsync(reader);
        }
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _health.StopAsync();
        await Task.WhenAll(_readers.Values.Select(reader => reader.StopAsync(cancellationToken)));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(new CancellationToken(canceled: true));
        foreach (var reader in _readers.Values)
            reader.Dispose();
    }

    private async Task<InputReader?> AddAsync(LoadedComponent<IBinding> component, CancellationToken cancellationToken)
    {
        if (component.Instance is not IInputBinding input)
            return null;
        if (await _app.WantsAsync(component.Resource, cancellationToken))
            return _readers[component] = new InputReader(input, _app.HandlerFor(component.Resource));
        BindingsLog.NotWanted(_logger, component.Resource.Name);
        return null;
    }

    private async Task FollowAsync(bool healthy)
    {
        foreach (var reader in _readers.Values)
        {
            if (healthy)
                await StartAsync(reader);
            else
                reader.Pause();
        }
    }

    private async Task StartAsync(InputReader reader)
    {
        try
        {
            await reader.StartAsync();
        }
        catch (Exception error)
        {
            BindingsLog.ReadFailed(_logger, error.Message);
        }
    }
}
