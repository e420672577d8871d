using Sidecar.Runtime.Hosting;

namespace Sidecar.Runtime.Invocation;

/// <summary>What the caller's sidecar tells the callee about the call, as HTTP headers or as gRPC metadata.</summary>
internal sealed class CallerHeaders(SidecarOptions caller)
{
    /// <summary>App id of the caller.</summary>
    public const string CallerAppId = "dapr-caller-app-id";

    /// <summary>App id of the callee, as the caller wrote it.</summary>
    public const string CalleeAppId = "dapr-callee-app-id";

    private readonly string _forwarded = $"for={caller.ListenAddress};by={caller.ListenAddress};host={Environment.MachineName}";

    /// <summary>The headers of a call; an app that calls itself is not forwarded.</summary>
    public (string Name, string Value)[] For(string target)
    {
        (string, string)[] identity = [(CallerAppId, caller.AppId), (CalleeAppId, target), ("dapr-caller-namespace", caller.Namespace)];
        return target == caller.AppId
            ? identity
            : [.. identity, ("X-Forwarded-For", caller.ListenAddress), ("X-Forwarded-Host", Environment.MachineName), ("Forwarded", _forwarded)];
    }
}
