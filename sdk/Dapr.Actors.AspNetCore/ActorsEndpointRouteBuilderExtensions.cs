using Dapr.Actors;
using Dapr.Actors.AspNetCore;
using Dapr.Actors.Runtime;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps what the sidecar calls to reach this application's actors.</summary>
public static class ActorsEndpointRouteBuilderExtensions
{
    private const string Actor = "actors/{actorType}/{actorId}";

    /// <summary>
    /// Maps <c>GET /dapr/config</c>, <c>GET /healthz</c> (unless the application has one), and under <c>/actors/{type}/{id}</c> methods, timers, reminders and
    /// deactivation.
    /// </summary>
    /// <exception cref="InvalidOperationException">AddActors was not called.</exception>
    public static IEndpointConventionBuilder MapActorsHandlers(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var runtime = endpoints.ServiceProvider.GetService<ActorRuntime>() ?? throw new InvalidOperationException(
            "The ActorRuntime service is not registered with the dependency injection container. Call AddActors() to register the actor runtime and actor types.");
        var handlers = new ActorHandlers(runtime);
        return new Endpoints(
        [
            endpoints.MapGet("dapr/config", handlers.ConfigurationAsync).WithDisplayName("Dapr Actors Config"),
            endpoints.MapDelete(Actor, handlers.DeactivateAsync).WithDisplayName("Dapr Actors Deactivation"),
            endpoints.MapPut($"{Actor}/method/{{methodName}}", handlers.InvokeAsync).WithDisplayName("Dapr Actors Invoke"),
            endpoints.MapPut($"{Actor}/method/remind/{{name}}", handlers.RemindAsync).WithDisplayName("Dapr Actors Reminder"),
            endpoints.MapPut($"{Actor}/method/timer/{{name}}", handlers.FireTimerAsync).WithDisplayName("Dapr Actors Timer"),
            Health(endpoints),
        ]);
    }

    private static IEndpointConventionBuilder Health(IEndpointRouteBuilder endpoints)
    {
        var health = endpoints.MapHealthChecks("/healthz").WithMetadata(new AllowAnonymousAttribute()).WithDisplayName("Dapr Actors Health Check");

        // Late in the order: a /healthz of the application's own wins.
        health.Add(endpoint => ((RouteEndpointBuilder)endpoint).Order = 100);
        return health;
    }

    private sealed class Endpoints(IReadOnlyList<IEndpointConventionBuilder> parts) : IEndpointConventionBuilder
    {
        public void Add(Action<EndpointBuilder> convention)
        {
            foreach (var part in parts)
                part.Add(convention);
        }

        public void Finally(Action<EndpointBuilder> finallyConvention)
        {
            foreach (var part in parts)
                part.Finally(finallyConvention);
        }
    }
}
