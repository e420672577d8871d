namespace Dapr.Workflow.Versioning;

/// <summary>What a strategy is made for.</summary>
/// <param name="CanonicalName">The workflow.</param>
/// <param name="OptionsName">Name of the strategy's options; null for the default ones.</param>
public readonly record struct WorkflowVersionStrategyContext(string CanonicalName, string? OptionsName);
