using System.Reflection;
using Dapr.Common.Serialization;

namespace Dapr.Workflow.Registration;

/// <summary>What all registrations of one service collection have said.</summary>
internal sealed class WorkflowSettings
{
    public List<Action<WorkflowRuntimeOptions>> Configure { get; } = [];

    public HashSet<Assembly> Assemblies { get; } = [];

    public Func<IServiceProvider, IDaprSerializer> Serializer { get; set; } = _ => new JsonDaprSerializer();

    public int? MaxReceiveMessageSize { get; set; }

    public int? MaxSendMessageSize { get; set; }
}
