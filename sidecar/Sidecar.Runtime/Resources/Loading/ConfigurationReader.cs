using System.Globalization;

namespace Sidecar.Runtime.Resources.Loading;

/// <summary>Reads Configuration files; each changes what the one before it said.</summary>
internal static class ConfigurationReader
{
    private static readonly string[] s_known = ["tracing", "metric", "metrics", "secrets", "features", "workflow", "api", "accessControl", "httpPipeline", "appHttpPipeline"];
    private static readonly string[] s_knownOfTracing = ["samplingRate", "zipkin"];
    private static readonly string[] s_knownOfHandler = ["name", "type", "version"];
    private static readonly string[] s_knownOfMetrics = ["enabled"];
    private static readonly string[] s_knownOfWorkflow = ["maxConcurrentWorkflowInvocations", "maxConcurrentActivityInvocations"];

    public static ConfigurationSpec Read(IEnumerable<string> files, List<string> warnings)
    {
        var configuration = new ConfigurationSpec();
        foreach (var file in files)
        {
            if (!File.Exists(file))
                throw new ResourceException(new SourceLocation(file, 0), "", "the configuration file does not exist");
            foreach (var document in YamlText.ReadFile(file))
            {
                var manifest = Manifest.TryRead(document) ?? throw document.Error("is no resource: it has no 'kind'");
                if (manifest.Kind == "Configuration")
                    configuration = Apply(configuration, manifest.Root.Map("spec"), warnings);
                else
                    warnings.Add($"{document.Location}: a {manifest.Kind} in a configuration file is ignored; put it in a resources folder");
            }
        }

        return configuration;
    }

    private static ConfigurationSpec Apply(ConfigurationSpec configuration, YamlMap? spec, List<string> warnings)
    {
        if (spec is null)
            return configuration;
        Warn(spec, s_known);
        if (spec.Map("tracing") is { } tracing)
        {
            Warn(tracing, s_knownOfTracing);
            configuration = Tracing(configuration, tracing);
        }

        if ((spec.Map("metric") ?? spec.Map("metrics")) is { } metric)
        {
            Warn(metric, s_knownOfMetrics);
            configuration = configuration with { MetricsEnabled = metric.Flag("enabled", otherwise: true) };
        }

        if (spec.Map("secrets") is { } secrets)
            configuration = configuration with { SecretScopes = [.. secrets.List("scopes").Select(scope => Scope(scope.AsMap()))] };
        if (spec.Find("features") is not null)
            configuration = configuration with { Features = Features(spec) };
        if (spec.Map("api") is { } api)
            configuration = configuration with { Api = AccessReader.Api(api) };
        if (spec.Map("httpPipeline") is { } pipeline)
            configuration = configuration with { HttpPipeline = [.. pipeline.List("handlers").Select(handler => Handler(handler.AsMap()))] };
        if (spec.Map("appHttpPipeline") is { } appPipeline)
            configuration = configuration with { AppHttpPipeline = [.. appPipeline.List("handlers").Select(handler => Handler(handler.AsMap()))] };
        if (spec.Map("accessControl") is { } control)
            configuration = configuration with { AccessControl = AccessReader.Control(control) };
        if (spec.Map("workflow") is { } workflow)
        {
            Warn(workflow, s_knownOfWorkflow);
            configuration = configuration with
            {
                MaxConcurrentWorkflows = workflow.Number("maxConcurrentWorkflowInvocations", configuration.MaxConcurrentWorkflows, min: 0),
                MaxConcurrentActivities = workflow.Number("maxConcurrentActivityInvocations", configuration.MaxConcurrentActivities, min: 0),
            };
        }

        return configuration;

        PipelineHandler Handler(YamlMap handler)
        {
            Warn(handler, s_knownOfHandler);
            return new PipelineHandler(handler.RequiredText("name", "a component"), handler.RequiredText("type", "the component's type, such as middleware.http.ratelimit"), handler.Location);
        }

        void Warn(YamlMap map, string[] known) =>
            warnings.AddRange(map.Unknown(known).Select(entry => $"{entry.Value.Location}: {entry.Value.Path} has no effect in this sidecar"));
    }

    private static ConfigurationSpec Tracing(ConfigurationSpec configuration, YamlMap tracing)
    {
        var rate = configuration.SamplingRate;
        if (tracing.Text("samplingRate") is { Length: > 0 } text
            && (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out rate) || rate is not (>= 0 and <= 1)))
            throw tracing.Find("samplingRate")!.Error($"'{text}' must be a number from 0 to 1, in quotes");
        var zipkin = configuration.ZipkinEndpoint;
        if (tracing.Map("zipkin")?.Find("endpointAddress") is { } address
            && !(Uri.TryCreate(address.AsText(), UriKind.Absolute, out zipkin) && zipkin.Scheme is "http" or "https"))
            throw address.Error($"'{address.AsText()}' must be an absolute http address, such as http://localhost:9411/api/v2/spans");
        return configuration with { SamplingRate = rate, ZipkinEndpoint = zipkin };
    }

    private static SecretScope Scope(YamlMap scope)
    {
        var access = scope.Text("defaultAccess") ?? "";
        if (!(access.Length == 0 || access.Equals("allow", StringComparison.OrdinalIgnoreCase) || access.Equals("deny", StringComparison.OrdinalIgnoreCase)))
            throw scope.Find("defaultAccess")!.Error($"'{access}' must be allow or deny");
        return new SecretScope(
            scope.RequiredText("storeName", "the secret store the scope is about"),
            !access.Equals("deny", StringComparison.OrdinalIgnoreCase),
            scope.Texts("allowedSecrets"),
            scope.Texts("deniedSecrets"));
    }

    private static Dictionary<string, bool> Features(YamlMap spec)
    {
        var features = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach (var feature in spec.List("features").Select(item => item.AsMap()))
        {
            features[feature.RequiredText("name", "the feature")] = feature.Flag("enabled");
        }

        return features;
    }
}
