using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Dapr;

/// <summary>
/// Where the sidecar is and which tokens to use, by Dapr's own rules: each key is looked up in the configuration first and
/// in the process environment second.
/// </summary>
public static class DaprDefaults
{
    /// <summary>Name of the variable with the token that a caller of the sidecar presents.</summary>
    public const string DaprApiTokenEnvironmentVariableName = "DAPR_API_TOKEN";

    /// <summary>Name of the variable with the token that the sidecar presents to the application.</summary>
    public const string AppApiTokenEnvironmentVariableName = "APP_API_TOKEN";

    /// <summary>Name of the variable with the full HTTP address of the sidecar; it wins over the port.</summary>
    public const string DaprHttpEndpointEnvironmentVariableName = "DAPR_HTTP_ENDPOINT";

    /// <summary>Name of the variable with the HTTP port of a sidecar on this machine.</summary>
    public const string DaprHttpPortEnvironmentVariableName = "DAPR_HTTP_PORT";

    /// <summary>Name of the variable with the full gRPC address of the sidecar; it wins over the port.</summary>
    public const string DaprGrpcEndpointEnvironmentVariableName = "DAPR_GRPC_ENDPOINT";

    /// <summary>Name of the variable with the gRPC port of a sidecar on this machine.</summary>
    public const string DaprGrpcPortEnvironmentVariableName = "DAPR_GRPC_PORT";

    /// <summary>Scheme used when no full address is given.</summary>
    public const string DefaultDaprScheme = "http";

    /// <summary>Host used when no full address is given.</summary>
    public const string DefaultDaprHost = "localhost";

    /// <summary>HTTP port used when nothing is configured.</summary>
    public const int DefaultHttpPort = 3500;

    /// <summary>gRPC port used when nothing is configured.</summary>
    public const int DefaultGrpcPort = 50001;

    /// <summary>The token for calls to the sidecar, or an empty string when none is configured.</summary>
    public static string GetDefaultDaprApiToken(IConfiguration? configuration) =>
        Look(configuration, DaprApiTokenEnvironmentVariableName) ?? string.Empty;

    /// <summary>
    /// An <see cref="HttpClient"/> from <paramref name="httpClientFactory"/> that carries the API token of the sidecar when one is configured.
    /// </summary>
    public static HttpClient CreateDefaultHttpClient(IHttpClientFactory httpClientFactory, IConfiguration? configuration = null)
    {
        ArgumentNullException.ThrowIfNull(httpClientFactory);
        var client = httpClientFactory.CreateClient();
        var token = GetDefaultDaprApiToken(configuration);
        if (token.Length > 0)
            client.DefaultRequestHeaders.TryAddWithoutValidation("dapr-api-token", token);

        return client;
    }

    /// <summary>The token the application expects from its sidecar, or an empty string when none is configured.</summary>
    public static string GetDefaultAppApiToken(IConfiguration? configuration) =>
        Look(configuration, AppApiTokenEnvironmentVariableName) ?? string.Empty;

    /// <summary>The HTTP address of the sidecar (scheme, host and port, ending with a slash).</summary>
    /// <exception cref="FormatException">The configured port is not a number.</exception>
    public static string GetDefaultHttpEndpoint(IConfiguration? configuration = null) =>
        Endpoint(
            Look(configuration, DaprHttpEndpointEnvironmentVariableName),
            Look(configuration, DaprHttpPortEnvironmentVariableName),
            DefaultHttpPort);

    /// <summary>The gRPC address of the sidecar (scheme, host and port, ending with a slash).</summary>
    /// <remarks>gRPC's own form is understood too: <c>dns://host:port?tls=true</c>.</remarks>
    /// <exception cref="FormatException">The configured port is not a number.</exception>
    /// <exception cref="InvalidOperationException">A <c>dns</c> address does not say whether it is TLS.</exception>
    public static string GetDefaultGrpcEndpoint(IConfiguration? configuration = null) =>
        Endpoint(
            WithoutDnsScheme(Look(configuration, DaprGrpcEndpointEnvironmentVariableName)),
            Look(configuration, DaprGrpcPortEnvironmentVariableName),
            DefaultGrpcPort);

    /// <summary>gRPC's <c>dns://host:port?tls=BOOL</c> as an http or https address; any other address as it is.</summary>
    [return: NotNullIfNotNull(nameof(endpoint))]
    internal static string? WithoutDnsScheme(string? endpoint)
    {
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var address) || address.Scheme != "dns")
            return endpoint;

        var tls = address.Query.TrimStart('?').Split('&').Select(pair => pair.Split('=', 2)).FirstOrDefault(pair => pair.Length == 2 && pair[0].Equals("tls", StringComparison.OrdinalIgnoreCase));
        if (!bool.TryParse(tls?[1], out var isTls))
            throw new InvalidOperationException($"The gRPC endpoint '{endpoint}' must say whether it is TLS: dns://host:port?tls=true or dns://host:port?tls=false.");

        return new UriBuilder(isTls ? Uri.UriSchemeHttps : Uri.UriSchemeHttp, address.Host, address.Port).ToString();
    }

    private static string? Look(IConfiguration? configuration, string key) =>
        configuration?[key] ?? Environment.GetEnvironmentVariable(key);

    private static string Endpoint(string? endpoint, string? port, int defaultPort)
    {
        // Only scheme, host and port count: a path in the variable is ignored, as in the official SDK.
        if (!string.IsNullOrWhiteSpace(endpoint))
        {
            var given = new Uri(endpoint);
            return new UriBuilder(given.Scheme, given.Host, given.Port).ToString();
        }

        var number = string.IsNullOrWhiteSpace(port) ? defaultPort : int.Parse(port, CultureInfo.InvariantCulture);
        return new UriBuilder(DefaultDaprScheme, DefaultDaprHost, number).ToString();
    }
}
