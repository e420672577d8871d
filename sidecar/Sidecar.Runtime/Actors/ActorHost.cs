using System.Net;
using Microsoft.Extensions.Logging;
using Sidecar.Runtime.AppChannels;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Resiliency;

namespace Sidecar.Runtime.Actors;

/// <summary>A call of an actor that did not come to a good end.</summary>
internal sealed class ActorCallException(string message, Exception? inner = null) : OperationFailedException(message, inner)
{
    /// <summary>True when the app could not be reached, so that nothing of the call has happened.</summary>
    public bool NeverArrived { get; init; }
}

/// <summary>One app instance while it hosts actors: from the moment it takes work until its sidecar stops or it becomes unhealthy.</summary>
internal sealed class ActorHost
{
    private static readonly TimeSpan DeactivationLimit = TimeSpan.FromSeconds(5);

    private readonly SidecarContext _context;
    private readonly ILogger _logger;

    public ActorHost(SidecarContext context, IReadOnlyDictionary<string, ActorTypeSettings> types, string name, ILogger logger)
    {
        _context = context;
        _logger = logger;
        Name = name;
        Types = types.ToDictionary(type => type.Key, type => new HostedActorType(type.Key, type.Value, this), StringComparer.Ordinal);
    }

    /// <summary>Tells the hosts of a type apart, the same for every run.</summary>
    public string Name { get; }

    /// <summary>The types it hosts.</summary>
    public IReadOnlyDictionary<string, HostedActorType> Types { get; }

    /// <summary>True from the moment it leaves: it gets no more actors.</summary>
    public bool HasLeft { get; private set; }

    /// <summary>Clock of its actors.</summary>
    public TimeProvider Time => _context.Time;

    /// <summary>Gives it no more actors.</summary>
    public void Leave() => HasLeft = true;

    /// <summary>Calls the app under the host's policy; the caller disposes the answer, whose status is 200.</summary>
    /// <exception cref="ActorCallException">The app failed, has no such method, or cannot be reached.</exception>
    public Task<HttpResponseMessage> CallAsync(ActorCall call, string? chain, CancellationToken cancellationToken) => _context.Policies.HasActorPolicy(call.Actor.Type)
        ? _context.Policies.ForActorTurn(call.Actor.Type).ExecuteAsync(token => SendAsync(call, chain, token), cancellationToken)
        : SendAsync(call, chain, cancellationToken);

    /// <summary>Tells the app that an actor is no longer active.</summary>
    public async Task DeactivateAsync(ActorAddress actor)
    {
        // An app that is going down itself must not hold up the sidecar.
        using var limit = new CancellationTokenSource(DeactivationLimit, Time);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Delete, new Uri(actor.AppPath, UriKind.Relative));
            using var response = await _context.App.SendAsync(request, HttpCompletionOption.ResponseContentRead, limit.Token);
            if (response.StatusCode != HttpStatusCode.OK)
                _logger.DeactivationFailed(actor, $"it answered {(int)response.StatusCode}");
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConnectionError)
        {
            // The app has ended, and its actors with it.
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            _logger.DeactivationFailed(actor, e.Message);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(ActorCall call, string? chain, CancellationToken cancellationToken)
    {
        using var request = call.ToRequest(chain);
        HttpResponseMessage response;
        try
        {
            response = await _context.App.SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new ActorCallException($"error invoking app channel: {e.Message}", e)
            {
                NeverArrived = e is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError },
            };
        }

        if (response.StatusCode == HttpStatusCode.OK)
            return response;
        using (response)
        {
            if (response.StatusCode == HttpStatusCode.NotFound)
                throw new ActorCallException($"actor method not found: actors/{call.Actor}/method/{call.Method}") { IsPermanent = true };
            throw new ActorCallException($"error from actor service: ({(int)response.StatusCode}) {await response.Content.ReadAsStringAsync(cancellationToken)}");
        }
    }
}

/// <summary>One type on one host.</summary>
internal sealed class HostedActorType(string name, ActorTypeSettings settings, ActorHost host)
{
    private int _active;

    public string Name { get; } = name;

    public ActorTypeSettings Settings { get; } = settings;

    public ActorHost Host { get; } = host;

    /// <summary>Cuts off the calls of its actors that go on beyond the time to drain.</summary>
    public CancellationTokenSource Aborted { get; } = new();

    /// <summary>Active actors.</summary>
    public int Active => Volatile.Read(ref _active);

    public void Count(int change) => Interlocked.Add(ref _active, change);
}
