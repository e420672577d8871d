using System.Text.Json;
using Dapr.Client.Sidecar;
using Dapr.Common.Sidecar;
using Microsoft.Extensions.Configuration;

namespace Dapr.Client;

/// <summary>Builds a <see cref="DaprClient"/>. Nothing set means Dapr's defaults: see <see cref="DaprDefaults"/>.</summary>
public sealed class DaprClientBuilder
{
    /// <summary>Starts from the environment.</summary>
    public DaprClientBuilder()
        : this(null)
    {
    }

    internal DaprClientBuilder(IConfiguration? configuration)
    {
        HttpEndpoint = DaprDefaults.GetDefaultHttpEndpoint(configuration);
        GrpcEndpoint = DaprDefaults.GetDefaultGrpcEndpoint(configuration);
        DaprApiToken = DaprDefaults.GetDefaultDaprApiToken(configuration);
    }

    internal string HttpEndpoint { get; private set; }

    internal string GrpcEndpoint { get; private set; }

    internal string DaprApiToken { get; private set; }

    internal TimeSpan Timeout { get; private set; }

    internal JsonSerializerOptions JsonSerializerOptions { get; private set; } = new(JsonSerializerDefaults.Web);

    /// <summary>Sets the HTTP address of the sidecar.</summary>
    public DaprClientBuilder UseHttpEndpoint(string httpEndpoint)
    {
        ArgumentException.ThrowIfNullOrEmpty(httpEndpoint);
        HttpEndpoint = httpEndpoint;
        return this;
    }

    /// <summary>Sets the gRPC address of the sidecar; <c>http</c> means cleartext HTTP/2.</summary>
    public DaprClientBuilder UseGrpcEndpoint(string grpcEndpoint)
    {
        ArgumentException.ThrowIfNullOrEmpty(grpcEndpoint);
        GrpcEndpoint = grpcEndpoint;
        return this;
    }

    /// <summary>Sets how payloads are written and read.</summary>
    public DaprClientBuilder UseJsonSerializationOptions(JsonSerializerOptions options)
    {
        JsonSerializerOptions = options;
        return this;
    }

    /// <summary>Sets the token presented to the sidecar.</summary>
    public DaprClientBuilder UseDaprApiToken(string apiToken)
    {
        DaprApiToken = apiToken;
        return this;
    }

    /// <summary>Limits how long a call over HTTP may take.</summary>
    public DaprClientBuilder UseTimeout(TimeSpan timeout)
    {
        Timeout = timeout;
        return this;
    }

    /// <summary>Builds the client.</summary>
    /// <exception cref="UriFormatException">An address is no absolute address.</exception>
    /// <exception cref="InvalidOperationException">An address is neither http nor https.</exception>
    public DaprClient Build() => new GrpcDaprClient(
        SidecarConnection.Open(typeof(DaprClient).Assembly, HttpEndpoint, GrpcEndpoint, DaprApiToken, Timeout), JsonSerializerOptions, TimeProvider.System);
}
