namespace Dapr.Workflow.Client;

/// <summary>How a workflow is started.</summary>
public sealed class StartWorkflowOptions
{
    /// <summary>Id of the instance; null makes a new one.</summary>
    public string? InstanceId { get; set; }

    /// <summary>When it begins; null is at once.</summary>
    public DateTimeOffset? StartAt { get; set; }
}

/// <summary>Builds <see cref="StartWorkflowOptions"/> step by step.</summary>
public sealed class StartWorkflowOptionsBuilder
{
    private readonly StartWorkflowOptions _options = new();

    /// <summary>Sets the id of the instance.</summary>
    public StartWorkflowOptionsBuilder WithInstanceId(string instanceId)
    {
        _options.InstanceId = instanceId;
        return this;
    }

    /// <summary>Begins at a point in time.</summary>
    public StartWorkflowOptionsBuilder StartAt(DateTimeOffset startAt)
    {
        _options.StartAt = startAt;
        return this;
    }

    /// <summary>Begins after a while.</summary>
    public StartWorkflowOptionsBuilder StartAfter(TimeSpan delay) => StartAt(DateTimeOffset.UtcNow.Add(delay));

    /// <summary>The options built so far.</summary>
    public StartWorkflowOptions Build() => new() { InstanceId = _options.InstanceId, StartAt = _options.StartAt };

    /// <summary>The options built so far.</summary>
#pragma warning disable CA2225 // the alternate is Build
    public static implicit operator StartWorkflowOptions(StartWorkflowOptionsBuilder builder) => builder.Build();
#pragma warning restore CA2225
}
