using Microsoft.Extensions.Logging;
using Sidecar.Runtime.AppChannels;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.State;

namespace Sidecar.Runtime.Bindings;

/// <summary>The bindings of one sidecar: calls out for the app, and events that come in while the app is healthy.</summary>
internal sealed class BindingsBlock : IBuildingBlock
{
    private readonly SidecarContext _context;
    private readonly StateBlock _state;
    private readonly List<InputReader> _readers = [];
    private readonly ILogger _logger;
    private readonly AppHealthFollower _health;

    public BindingsBlock(SidecarContext context, StateBlock state)
    {
        _context = context;
        _state = state;
        _logger = context.Loggers.CreateLogger("bindings");
        _health = new AppHealthFollower(context.App, FollowAsync);
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
        IBindingReceiver receiver = _context.App.Callback is { } callback
            ? new GrpcBindingReceiver(callback, new BindingAnswers(_state, this, _logger), _logger)
            : new HttpBindingReceiver(_context.App, _context.Time, _logger);
        var app = new AppBindings(_context, receiver, _logger);
        foreach (var component in _context.Components.Bindings.Values)
        {
            if (component.Instance is not IInputBinding input)
                continue;
            if (await app.WantsAsync(component.Resource, cancellationToken))
                _readers.Add(new InputReader(input, app.HandlerFor(component.Resource)));
            else
                BindingsLog.NotWanted(_logger, component.Resource.Name);
        }

        if (_readers.Count > 0)
            await _health.StartAsync();
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _health.StopAsync();
        await Task.WhenAll(_readers.Select(reader => reader.StopAsync(cancellationToken)));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(new CancellationToken(canceled: true));
        _readers.ForEach(reader => reader.Dispose());
    }

    private async Task FollowAsync(bool healthy)
    {
        foreach (var reader in _readers)
        {
            if (!healthy)
            {
                reader.Pause();
                continue;
            }

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
}
