using Dapr.Common;
using Microsoft.Extensions.Configuration;

namespace Dapr.Jobs;

/// <summary>Builds a <see cref="DaprJobsClient"/>. Nothing set means Dapr's defaults: see <see cref="DaprDefaults"/>.</summary>
public sealed class DaprJobsClientBuilder : DaprGenericClientBuilder<DaprJobsClient>
{
    /// <summary>Starts from <paramref name="configuration"/> and, for what it does not say, from the environment.</summary>
    public DaprJobsClientBuilder(IConfiguration? configuration = null)
        : base(configuration)
    {
    }

    /// <inheritdoc/>
    public override DaprJobsClient Build() => new GrpcJobsClient(Connect(typeof(DaprJobsClient).Assembly));
}
