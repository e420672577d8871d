using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Dapr.Workflow.Versioning;

/// <summary>Switches versions by name on.</summary>
public static class WorkflowVersioningServiceCollectionExtensions
{
    /// <summary>
    /// New instances take the newest version of their workflow, instances under way keep theirs. The classes are those that <c>AddDaprWorkflow</c> finds; where the official package has
    /// a source generator look for them, this one looks by reflection when the worker starts.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets strategy and selector.</param>
    public static IServiceCollection AddDaprWorkflowVersioning(this IServiceCollection services, Action<WorkflowVersioningOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<WorkflowVersioningOptions>().Configure(options =>
        {
            configure?.Invoke(options);
            options.DefaultStrategy ??= provider => provider.GetRequiredService<IWorkflowVersionStrategyFactory>().Create(typeof(NumericVersionStrategy), WorkflowVersioningSimpleConfigExtensions.AnyWorkflow, null, provider);
            options.DefaultSelector ??= _ => new MaxVersionSelector();
        });
        services.TryAddSingleton(provider => provider.GetRequiredService<IOptions<WorkflowVersioningOptions>>().Value);
        services.TryAddSingleton<IWorkflowVersionDiagnostics, DefaultWorkflowVersioningDiagnostics>();
        services.TryAddSingleton<IWorkflowVersionStrategyFactory, DefaultWorkflowVersionStrategyFactory>();
        services.TryAddSingleton<IWorkflowVersionSelectorFactory, DefaultWorkflowVersionSelectorFactory>();
        services.TryAddSingleton<IWorkflowVersionResolver, WorkflowVersionResolver>();
        services.TryAddSingleton<IWorkflowRouterRegistry, WorkflowRouterRegistry>();
        return services;
    }
}
