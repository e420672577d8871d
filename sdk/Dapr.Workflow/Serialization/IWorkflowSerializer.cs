using Dapr.Common.Serialization;

namespace Dapr.Workflow.Serialization;

/// <summary>The older name of <see cref="IDaprSerializer"/> for workflow payloads.</summary>
public interface IWorkflowSerializer : IDaprSerializer;
