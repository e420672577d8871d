using Sidecar.Runtime.Errors;

namespace Sidecar.Runtime.Invocation;

/// <summary>Refusals of service invocation; all carry <c>ERR_DIRECT_INVOKE</c>.</summary>
internal static class InvocationErrors
{
    private const string Code = "ERR_DIRECT_INVOKE";

    public static DaprApiException NoAppId() =>
        new(Code, 404, 5, "failed getting app id either from the URL path or the header dapr-app-id");

    public static DaprApiException Failed(string target, string problem, Exception? inner = null) =>
        new(Code, 500, 13, $"failed to invoke, id: {target}, err: {problem}", inner);

    public static DaprApiException Denied(string target, string problem) =>
        new(Code, 403, 7, $"failed to invoke, id: {target}, err: rpc error: code = PermissionDenied desc = {problem}");

    public static DaprApiException NotFound(string target) => Failed(target, $"couldn't find service: {target}");

    public static DaprApiException NoAppChannel(string target) => Failed(target, "app channel is not initialized: the target's sidecar was started without an app port");
}
