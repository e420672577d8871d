using Microsoft.Extensions.DependencyInjection;

namespace Dapr.Workflow.Versioning;

/// <summary>Short ways to choose strategy and selector.</summary>
public static class WorkflowVersioningSimpleConfigExtensions
{
    /// <summary>What a strategy or selector is told that serves every workflow.</summary>
    internal const string AnyWorkflow = "DEFAULT";

    /// <summary>Reads versions with another strategy.</summary>
    /// <typeparam name="TStrategy">The strategy.</typeparam>
    /// <param name="services">The services.</param>
    /// <param name="optionsName">Name of its options; null for the default ones.</param>
    public static IServiceCollection UseDefaultWorkflowStrategy<TStrategy>(this IServiceCollection services, string? optionsName = null)
        where TStrategy : class, IWorkflowVersionStrategy
    {
        ArgumentNullException.ThrowIfNull(services);
        return services.PostConfigure<WorkflowVersioningOptions>(options => options.DefaultStrategy = provider =>
            provider.GetRequiredService<IWorkflowVersionStrategyFactory>().Create(typeof(TStrategy), AnyWorkflow, optionsName, provider));
    }

    /// <summary>Chooses the version of new instances with another selector.</summary>
    /// <typeparam name="TSelector">The selector.</typeparam>
    /// <param name="services">The services.</param>
    /// <param name="optionsName">Name of its options; null for the default ones.</param>
    public static IServiceCollection UseDefaultWorkflowSelector<TSelector>(this IServiceCollection services, string? optionsName = null)
        where TSelector : class, IWorkflowVersionSelector
    {
        ArgumentNullException.ThrowIfNull(services);
        return services.PostConfigure<WorkflowVersioningOptions>(options => options.DefaultSelector = provider =>
            provider.GetRequiredService<IWorkflowVersionSelectorFactory>().Create(typeof(TSelector), AnyWorkflow, optionsName, provider));
    }

    /// <summary>Sets the options of a strategy.</summary>
    /// <typeparam name="TOptions">The options.</typeparam>
    /// <param name="services">The services.</param>
    /// <param name="name">Their name, as the strategy was given it.</param>
    /// <param name="configure">Sets them.</param>
    public static IServiceCollection ConfigureStrategyOptions<TOptions>(this IServiceCollection services, string name, Action<TOptions> configure)
        where TOptions : class
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<TOptions>(name).Configure(configure);
        return services;
    }
}
