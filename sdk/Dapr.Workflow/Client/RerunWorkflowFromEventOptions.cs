namespace Dapr.Workflow.Client;

/// <summary>How an instance is run again from one of its events.</summary>
public sealed class RerunWorkflowFromEventOptions
{
    /// <summary>Id of the new instance; null lets the sidecar make one.</summary>
    public string? NewInstanceId { get; set; }

    /// <summary>Input of the event in place of the recorded one; counts only with <see cref="OverwriteInput"/>.</summary>
    public object? Input { get; set; }

    /// <summary>Whether <see cref="Input"/> takes the place of the recorded input.</summary>
    public bool OverwriteInput { get; set; }
}
