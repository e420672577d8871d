using Microsoft.Extensions.DependencyInjection;

namespace Dapr.Workflow.Versioning;

/// <summary>Makes strategies.</summary>
public interface IWorkflowVersionStrategyFactory
{
    /// <summary>Makes a strategy and tells it what for.</summary>
    /// <param name="strategyType">Its class.</param>
    /// <param name="canonicalName">The workflow it is for.</param>
    /// <param name="optionsName">Name of its options; null for the default ones.</param>
    /// <param name="services">Where its constructor's arguments come from.</param>
    IWorkflowVersionStrategy Create(Type strategyType, string canonicalName, string? optionsName, IServiceProvider services);
}

/// <summary>Makes selectors.</summary>
public interface IWorkflowVersionSelectorFactory
{
    /// <summary>Makes a selector.</summary>
    /// <param name="selectorType">Its class.</param>
    /// <param name="canonicalName">The workflow it is for.</param>
    /// <param name="optionsName">Name of its options; null for the default ones.</param>
    /// <param name="services">Where its constructor's arguments come from.</param>
    IWorkflowVersionSelector Create(Type selectorType, string canonicalName, string? optionsName, IServiceProvider services);
}

/// <summary>Takes strategies from the services, or makes them with what the services hold.</summary>
public sealed class DefaultWorkflowVersionStrategyFactory : IWorkflowVersionStrategyFactory
{
    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The class is no strategy.</exception>
    public IWorkflowVersionStrategy Create(Type strategyType, string canonicalName, string? optionsName, IServiceProvider services)
    {
        var strategy = Made.By<IWorkflowVersionStrategy>(strategyType, services);
        (strategy as IWorkflowVersionStrategyContextConsumer)?.Configure(new WorkflowVersionStrategyContext(canonicalName, optionsName));
        return strategy;
    }
}

/// <summary>Takes selectors from the services, or makes them with what the services hold.</summary>
public sealed class DefaultWorkflowVersionSelectorFactory : IWorkflowVersionSelectorFactory
{
    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The class is no selector.</exception>
    public IWorkflowVersionSelector Create(Type selectorType, string canonicalName, string? optionsName, IServiceProvider services) =>
        Made.By<IWorkflowVersionSelector>(selectorType, services);
}

file static class Made
{
    public static T By<T>(Type type, IServiceProvider services)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(services);
        if (!typeof(T).IsAssignableFrom(type))
            throw new InvalidOperationException($"'{type.FullName}' does not implement {typeof(T).FullName}.");
        return (T)(services.GetService(type) ?? ActivatorUtilities.CreateInstance(services, type));
    }
}
