using Microsoft.Extensions.DependencyInjection;

namespace Dapr.Common;

/// <summary>What a registration extension returns, so that further registrations can be chained.</summary>
public interface IDaprServiceBuilder
{
    /// <summary>The services being registered.</summary>
    IServiceCollection Services { get; }
}
