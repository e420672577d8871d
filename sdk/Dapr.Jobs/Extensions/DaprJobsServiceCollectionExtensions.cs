using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Dapr.Jobs.Extensions;

/// <summary>Registers a <see cref="DaprJobsClient"/>.</summary>
public static class DaprJobsServiceCollectionExtensions
{
    /// <summary>Registers a <see cref="DaprJobsClient"/> unless there is one already. Addresses and token come from the configuration, then the environment.</summary>
    public static IDaprJobsBuilder AddDaprJobsClient(
        this IServiceCollection services,
        Action<IServiceProvider, DaprJobsClientBuilder>? configure = null,
        ServiceLifetime lifetime = ServiceLifetime.Singleton)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddHttpClient();
        services.TryAdd(new ServiceDescriptor(typeof(DaprJobsClient), Build, lifetime));
        return new DaprJobsBuilder(services);

        DaprJobsClient Build(IServiceProvider provider)
        {
            var builder = new DaprJobsClientBuilder(provider.GetService<IConfiguration>());
            builder.UseHttpClientFactory(provider.GetRequiredService<IHttpClientFactory>());
            configure?.Invoke(provider, builder);
            return builder.Build();
        }
    }
}
