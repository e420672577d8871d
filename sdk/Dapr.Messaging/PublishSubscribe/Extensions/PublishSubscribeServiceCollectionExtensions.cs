using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Dapr.Messaging.PublishSubscribe.Extensions;

/// <summary>Registers the client for subscriptions.</summary>
public static class PublishSubscribeServiceCollectionExtensions
{
    /// <summary>Registers a <see cref="DaprPublishSubscribeClient"/> for the sidecar that the configuration names.</summary>
    public static IDaprPubSubBuilder AddDaprPubSubClient(
        this IServiceCollection services,
        Action<IServiceProvider, DaprPublishSubscribeClientBuilder>? configure = null,
        ServiceLifetime lifetime = ServiceLifetime.Singleton)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddHttpClient();
        services.TryAdd(new ServiceDescriptor(typeof(DaprPublishSubscribeClient), Build, lifetime));
        return new DaprPubSubBuilder(services);

        DaprPublishSubscribeClient Build(IServiceProvider provider)
        {
            var builder = new DaprPublishSubscribeClientBuilder(provider.GetService<IConfiguration>());
            builder.UseHttpClientFactory(provider.GetRequiredService<IHttpClientFactory>());
            configure?.Invoke(provider, builder);
            return builder.Build();
        }
    }
}

/// <summary>What the registration of the client for subscriptions returns.</summary>
public sealed class DaprPubSubBuilder : IDaprPubSubBuilder
{
    /// <summary>A builder for these services.</summary>
    public DaprPubSubBuilder(IServiceCollection services)
    {
        Services = services;
    }

    /// <inheritdoc/>
    public IServiceCollection Services { get; }
}
