using Microsoft.Extensions.DependencyInjection;

namespace Dapr.Jobs.Extensions;

/// <summary>Chains registrations around the jobs client.</summary>
public sealed class DaprJobsBuilder : IDaprJobsBuilder
{
    /// <summary>Chains registrations in <paramref name="services"/>.</summary>
    public DaprJobsBuilder(IServiceCollection services)
    {
        Services = services;
    }

    /// <inheritdoc/>
    public IServiceCollection Services { get; }
}
