using Sidecar.Runtime.Errors;

namespace Sidecar.Runtime.Cryptography;

/// <summary>Refusals in Dapr's words (dapr: pkg/messages/predefined.go).</summary>
internal static class CryptographyErrors
{
    public static DaprApiException NotConfigured() => new("ERR_CRYPTO_PROVIDERS_NOT_CONFIGURED", 500, 13, "crypto providers not configured");

    public static DaprApiException NotFound(string name) => new("ERR_CRYPTO_PROVIDER_NOT_FOUND", 400, 3, $"crypto provider {name} not found");

    public static DaprApiException BadRequest(string problem) => new("ERR_BAD_REQUEST", 400, 3, $"invalid request: {problem}");

    public static DaprApiException NoKey(string name, Exception error) => new("ERR_CRYPTO_KEY", 500, 13, $"failed to retrieve key {name}: {error.Message}", error);

    public static DaprApiException Failed(string problem, Exception? error = null) => new("ERR_CRYPTO", 500, 13, $"failed to perform operation: {problem}", error);
}
