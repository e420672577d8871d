using System.Reflection;
using System.Text.Json;
using Dapr.Common.Sidecar;
using Microsoft.Extensions.Configuration;

namespace Dapr.Common;

/// <summary>
/// Gathers how a building-block client reaches the sidecar. Nothing set means Dapr's defaults: see <see cref="DaprDefaults"/>.
/// </summary>
/// <typeparam name="TClientBuilder">The client that is built.</typeparam>
public abstract class DaprGenericClientBuilder<TClientBuilder>
    where TClientBuilder : class, IDaprClient
{
    /// <summary>Starts from <paramref name="configuration"/> and, for what it does not say, from the environment.</summary>
    protected DaprGenericClientBuilder(IConfiguration? configuration = null)
    {
        HttpEndpoint = DaprDefaults.GetDefaultHttpEndpoint(configuration);
        GrpcEndpoint = DaprDefaults.GetDefaultGrpcEndpoint(configuration);
        DaprApiToken = DaprDefaults.GetDefaultDaprApiToken(configuration);
        JsonSerializerOptions = new JsonSerializerOptions(JsonSerializerDefaults.Web);
    }

    /// <summary>How payloads are written and read.</summary>
    public JsonSerializerOptions JsonSerializerOptions { get; private set; }

    /// <summary>The token presented to the sidecar; empty for none.</summary>
    public string DaprApiToken { get; private set; }

    internal string HttpEndpoint { get; private set; }

    internal string GrpcEndpoint { get; private set; }

    internal IHttpClientFactory? HttpClientFactory { get; private set; }

    internal TimeSpan Timeout { get; private set; }

    /// <summary>Sets the HTTP address of the sidecar.</summary>
    public DaprGenericClientBuilder<TClientBuilder> UseHttpEndpoint(string httpEndpoint)
    {
        ArgumentException.ThrowIfNullOrEmpty(httpEndpoint);
        HttpEndpoint = httpEndpoint;
        return this;
    }

    /// <summary>Takes the <see cref="HttpClient"/> from a factory instead of creating one.</summary>
    public DaprGenericClientBuilder<TClientBuilder> UseHttpClientFactory(IHttpClientFactory httpClientFactory)
    {
        ArgumentNullException.ThrowIfNull(httpClientFactory);
        HttpClientFactory = httpClientFactory;
        return this;
    }

    /// <summary>Sets the gRPC address of the sidecar; <c>http</c> means cleartext HTTP/2.</summary>
    public DaprGenericClientBuilder<TClientBuilder> UseGrpcEndpoint(string grpcEndpoint)
    {
        ArgumentException.ThrowIfNullOrEmpty(grpcEndpoint);
        GrpcEndpoint = grpcEndpoint;
        return this;
    }

    /// <summary>Sets how payloads are written and read.</summary>
    public DaprGenericClientBuilder<TClientBuilder> UseJsonSerializationOptions(JsonSerializerOptions options)
    {
        JsonSerializerOptions = options;
        return this;
    }

    /// <summary>Sets the token presented to the sidecar.</summary>
    public DaprGenericClientBuilder<TClientBuilder> UseDaprApiToken(string apiToken)
    {
        DaprApiToken = apiToken;
        return this;
    }

    /// <summary>Limits how long a call over HTTP may take.</summary>
    public DaprGenericClientBuilder<TClientBuilder> UseTimeout(TimeSpan timeout)
    {
        Timeout = timeout;
        return this;
    }

    /// <summary>Builds the client.</summary>
    /// <exception cref="UriFormatException">An address is no absolute address.</exception>
    /// <exception cref="InvalidOperationException">An address is neither http nor https.</exception>
    public abstract TClientBuilder Build();

    /// <summary>The way to the sidecar that the settings describe. The User-Agent names the version of <paramref name="assembly"/>.</summary>
    private protected SidecarConnection Connect(Assembly assembly) =>
        SidecarConnection.Open(assembly, HttpEndpoint, GrpcEndpoint, DaprApiToken, Timeout, HttpClientFactory);
}
