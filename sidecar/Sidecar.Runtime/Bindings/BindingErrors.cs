using Sidecar.Runtime.Errors;

namespace Sidecar.Runtime.Bindings;

/// <summary>Refusals of the bindings API, with Dapr's code and words.</summary>
internal static class BindingErrors
{
    public static DaprApiException InvokeFailed(string name, Exception error) =>
        new("ERR_INVOKE_OUTPUT_BINDING", 500, 13, $"error invoking output binding {name}: {error.Message}", error);
}
