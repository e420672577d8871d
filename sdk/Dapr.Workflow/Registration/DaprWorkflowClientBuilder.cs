using System.Reflection;
using System.Text.Json;
using Dapr.Common;
using Dapr.Common.Serialization;
using Dapr.Common.Sidecar;
using Dapr.Protocol.Grpc;
using Dapr.Workflow.Serialization;
using Microsoft.Extensions.Configuration;

namespace Dapr.Workflow.Registration;

/// <summary>Builds a <see cref="DaprWorkflowClient"/>. Nothing set means Dapr's defaults: see <see cref="DaprDefaults"/>.</summary>
public sealed class DaprWorkflowClientBuilder : DaprGenericClientBuilder<DaprWorkflowClient>
{
    private Func<IServiceProvider, IDaprSerializer>? _serializerFactory;

    /// <summary>Starts from <paramref name="configuration"/> and, for what it does not say, from the environment.</summary>
    /// <param name="configuration">The configuration, or null.</param>
    public DaprWorkflowClientBuilder(IConfiguration? configuration = null)
        : base(configuration)
    {
    }

    internal IServiceProvider? Services { get; init; }

    internal int? MaxReceiveMessageSize { get; init; }

    internal int? MaxSendMessageSize { get; init; }

    /// <summary>Sets how payloads are written and read.</summary>
    public DaprWorkflowClientBuilder UseSerializer(IDaprSerializer serializer)
    {
        ArgumentNullException.ThrowIfNull(serializer);
        _serializerFactory = _ => serializer;
        return this;
    }

    /// <summary>Sets how payloads are written and read, by a serializer from the services. Counts only where the builder comes from the services.</summary>
    public DaprWorkflowClientBuilder UseSerializer(Func<IServiceProvider, IWorkflowSerializer> serializerFactory)
    {
        ArgumentNullException.ThrowIfNull(serializerFactory);
        _serializerFactory = serializerFactory;
        return this;
    }

    /// <summary>Writes and reads payloads as JSON with options of one's own.</summary>
    public DaprWorkflowClientBuilder UseJsonSerializer(JsonSerializerOptions jsonOptions) => UseSerializer(new JsonDaprSerializer(jsonOptions));

    /// <inheritdoc/>
    public override DaprWorkflowClient Build()
    {
        var serializer = _serializerFactory is null
            ? new JsonDaprSerializer(JsonSerializerOptions)
            : _serializerFactory(Services ?? throw NoServices());
        return new DaprWorkflowClient(Connect(typeof(DaprWorkflowClient).Assembly, GrpcEndpoint, DaprApiToken, MaxReceiveMessageSize, MaxSendMessageSize), serializer);
    }

    internal static GrpcChannel Connect(Assembly assembly, string endpoint, string apiToken, int? maxReceive, int? maxSend)
    {
        var metadata = new GrpcMetadata();
        if (apiToken.Length > 0)
            metadata.Add(SidecarConnection.ApiTokenHeader, apiToken);
        return new GrpcChannel(new Uri(DaprDefaults.WithoutDnsScheme(endpoint)), new GrpcChannelOptions
        {
            Metadata = metadata,
            UserAgent = SidecarConnection.UserAgent(assembly).ToString(),
            MaxReceiveMessageSize = maxReceive ?? 4 * 1024 * 1024,
            MaxSendMessageSize = maxSend,
        });
    }

    private static InvalidOperationException NoServices() =>
        new("The serializer comes from a service provider, which this builder does not have: register the client with AddDaprWorkflowBuilder, or give a serializer.");
}
