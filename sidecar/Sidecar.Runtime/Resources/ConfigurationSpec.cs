namespace Sidecar.Runtime.Resources;

/// <summary>Which secrets of one store an app may read: denied wins, then a non-empty allowed list, then the default.</summary>
/// <param name="StoreName">Secret store component.</param>
/// <param name="DefaultAllow"><c>defaultAccess</c> is not <c>deny</c>.</param>
/// <param name="AllowedSecrets">When not empty, only these.</param>
/// <param name="DeniedSecrets">Never these.</param>
public sealed record SecretScope(string StoreName, bool DefaultAllow, IReadOnlyList<string> AllowedSecrets, IReadOnlyList<string> DeniedSecrets);

/// <summary>One entry of <c>httpPipeline.handlers</c> or <c>appHttpPipeline.handlers</c>.</summary>
/// <param name="Name">The component.</param>
/// <param name="Type">Its type, such as <c>middleware.http.ratelimit</c>.</param>
/// <param name="Location">Where it stands.</param>
public sealed record PipelineHandler(string Name, string Type, SourceLocation Location);

/// <summary>The parts of a <c>dapr.io/v1alpha1</c> Configuration that the sidecar acts on. It comes by <c>--config</c>, never from a resources folder.</summary>
public sealed record ConfigurationSpec
{
    /// <summary><c>tracing.samplingRate</c>, 0 to 1.</summary>
    public double SamplingRate { get; init; }

    /// <summary><c>tracing.zipkin.endpointAddress</c>: where spans go as Zipkin v2 JSON, or null.</summary>
    public Uri? ZipkinEndpoint { get; init; }

    /// <summary><c>metric.enabled</c> (default true).</summary>
    public bool MetricsEnabled { get; init; } = true;

    /// <summary><c>secrets.scopes</c>.</summary>
    public IReadOnlyList<SecretScope> SecretScopes { get; init; } = [];

    /// <summary><c>features</c> by name.</summary>
    public IReadOnlyDictionary<string, bool> Features { get; init; } = new Dictionary<string, bool>();

    /// <summary><c>workflow.maxConcurrentWorkflowInvocations</c>; 0 for no limit.</summary>
    public int MaxConcurrentWorkflows { get; init; }

    /// <summary><c>workflow.maxConcurrentActivityInvocations</c>; 0 for no limit.</summary>
    public int MaxConcurrentActivities { get; init; }

    /// <summary><c>api</c>: which APIs are served.</summary>
    public ApiRules Api { get; init; } = ApiRules.None;

    /// <summary><c>httpPipeline</c>: middleware of the HTTP API, first to last.</summary>
    public IReadOnlyList<PipelineHandler> HttpPipeline { get; init; } = [];

    /// <summary><c>appHttpPipeline</c>: middleware between the sidecar and its app, first to last.</summary>
    public IReadOnlyList<PipelineHandler> AppHttpPipeline { get; init; } = [];

    /// <summary><c>accessControl</c>: who may call the app; null for everybody.</summary>
    public AccessControlRules? AccessControl { get; init; }
}

/// <summary>Everything a sidecar loaded for one app, scopes already applied.</summary>
public sealed record SidecarResources
{
    /// <summary>Components in the order they are to be initialised (secret stores first).</summary>
    public IReadOnlyList<Component> Components { get; init; } = [];

    /// <summary>Declarative subscriptions.</summary>
    public IReadOnlyList<Subscription> Subscriptions { get; init; } = [];

    /// <summary>HTTP endpoints.</summary>
    public IReadOnlyList<HttpEndpoint> HttpEndpoints { get; init; } = [];

    /// <summary>Resiliency resources.</summary>
    public IReadOnlyList<ResiliencySpec> Resiliencies { get; init; } = [];

    /// <summary>The configuration, or the defaults.</summary>
    public ConfigurationSpec Configuration { get; init; } = new();

    /// <summary>Text of what takes effect at a start only: HTTPEndpoints, Resiliencies and the Configuration.</summary>
    public string FixedAtStart { get; init; } = "";

    /// <summary>What was read but has no effect here, each with file, line and key: to be logged once at start.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
