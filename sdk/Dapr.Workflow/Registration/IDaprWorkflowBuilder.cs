using Dapr.Common;

namespace Dapr.Workflow.Registration;

/// <summary>What <c>AddDaprWorkflowBuilder</c> returns.</summary>
public interface IDaprWorkflowBuilder : IDaprServiceBuilder;
