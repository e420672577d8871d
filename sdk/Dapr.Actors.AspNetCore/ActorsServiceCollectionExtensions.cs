#nullable enable
using Dapr;
using Dapr.Actors.AspNetCore;
using Dapr.Actors.Client;
using Dapr.Actors.Runtime;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers what an application needs to host actors and to call them.</summary>
public static class ActorsServiceCollectionExtensions
{
    /// <summary>
    /// Registers the actors that <paramref name="configure"/> names, and an <see cref="IActorProxyFactory"/>. Address and token of the sidecar come from the
    /// options, then the configuration, then the environment.
    /// </summary>
    public static void AddActors(this IServiceCollection? services, Action<ActorRuntimeOptions>? configure, ServiceLifetime lifetime = ServiceLifetime.Singleton)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddRouting();
        services.AddHealthChecks();
        services.AddLogging();
        services.TryAdd(new ServiceDescriptor(typeof(ActorActivatorFactory), typeof(DependencyInjectionActorActivatorFactory), lifetime));
        services.TryAdd(new ServiceDescriptor(typeof(ActorRuntime), Runtime, lifetime));
        services.TryAdd(new ServiceDescriptor(typeof(IActorProxyFactory), Proxies, lifetime));
        if (configure is not null)
            services.Configure(configure);
    }

    private static ActorRuntime Runtime(IServiceProvider services) => new(
        Options(services), services.GetRequiredService<ILoggerFactory>(), services.GetRequiredService<ActorActivatorFactory>(), services.GetRequiredService<IActorProxyFactory>());

    private static ActorProxyFactory Proxies(IServiceProvider services)
    {
        var options = Options(services);
        return new ActorProxyFactory(new ActorProxyOptions
        {
            JsonSerializerOptions = options.JsonSerializerOptions,
            DaprApiToken = options.DaprApiToken!,
            HttpEndpoint = options.HttpEndpoint!,
        });
    }

    private static ActorRuntimeOptions Options(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<ActorRuntimeOptions>>().Value;
        var configuration = services.GetService<IConfiguration>();
        if (string.IsNullOrWhiteSpace(options.DaprApiToken))
            options.DaprApiToken = DaprDefaults.GetDefaultDaprApiToken(configuration);

        if (string.IsNullOrWhiteSpace(options.HttpEndpoint))
            options.HttpEndpoint = DaprDefaults.GetDefaultHttpEndpoint(configuration);

        return options;
    }
}
