using Microsoft.Extensions.Logging;
using Sidecar.Runtime.Hosting;

namespace Sidecar.Runtime.Bindings;

/// <summary>The bindings of one sidecar: calls out for the app, and events that come in while the app is healthy.</summary>
internal sealed class BindingsBlock : IBuildingBlock
{
    private readonly Lock _lock = new();
    private readonly SidecarContext _context;
    private readonly List<InputReader> _readers = [];
    private readonly ILogger _logger;
    private Task _healthChange = Task.CompletedTask;
    private bool _stopped;

    public BindingsBlock(SidecarContext context)
    {
        _context = context;
        _logger = context.Loggers.CreateLogger("bindings");
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
        var app = new AppBindings(_context, _logger);
        foreach (var component in _context.Components.Bindings.Values)
        {
            if (component.Instance is not IInputBinding input)
                continue;
            if (await app.WantsAsync(component.Resource, cancellationToken))
                _readers.Add(new InputReader(input, app.HandlerFor(component.Resource)));
            else
                BindingsLog.NotWanted(_logger, component.Resource.Name);
        }

        if (_readers.Count == 0)
            return;
        _context.App.HealthChanged += OnHealthChanged;
        OnHealthChanged(_context.App.IsHealthy);
        await _healthChange;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Task healthChange;
        lock (_lock)
        {
            if (_stopped)
                return;
            _stopped = true;
            healthChange = _healthChange;
        }

        _context.App.HealthChanged -= OnHealthChanged;
        await healthChange;
        await Task.WhenAll(_readers.Select(reader => reader.StopAsync(cancellationToken)));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(new CancellationToken(canceled: true));
        _readers.ForEach(reader => reader.Dispose());
    }

    private void OnHealthChanged(bool healthy)
    {
        lock (_lock)
        {
            if (!_stopped)
                _healthChange = FollowAsync(_healthChange, healthy);
        }
    }

    private async Task FollowAsync(Task previous, bool healthy)
    {
        await previous;
        // Only the latest state counts when changes come faster than they are followed.
        if (healthy != _context.App.IsHealthy)
            return;
        foreach (var reader in _readers)
        {
            try
            {
                await (healthy ? reader.StartAsync() : reader.PauseAsync());
            }
            catch (Exception error)
            {
                BindingsLog.ReadFailed(_logger, error.Message);
            }
        }
    }
}
