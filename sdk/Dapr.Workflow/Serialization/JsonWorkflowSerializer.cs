using System.Text.Json;
using Dapr.Common.Serialization;

namespace Dapr.Workflow.Serialization;

/// <summary>The older name of <see cref="JsonDaprSerializer"/> for workflow payloads.</summary>
[Obsolete("The JsonWorkflowSerializer has been deprecated in favor of Dapr.Common.JsonDaprSerializer and will be removed with the SDK release coinciding with the release of the Dapr v1.20 runtime.")]
public sealed class JsonWorkflowSerializer : JsonDaprSerializer, IWorkflowSerializer
{
    /// <summary>JSON with the defaults of the web.</summary>
    public JsonWorkflowSerializer()
    {
    }

    /// <summary>JSON with options of one's own.</summary>
    /// <param name="options">The options.</param>
    public JsonWorkflowSerializer(JsonSerializerOptions options)
        : base(options)
    {
    }
}
