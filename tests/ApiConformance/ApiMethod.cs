using System.Text.RegularExpressions;

namespace ApiConformance;

/// <summary>How a method is called.</summary>
public enum Transport
{
    /// <summary>A route of the sidecar's HTTP port.</summary>
    Http,

    /// <summary>A method of the sidecar's gRPC port.</summary>
    Grpc,

    /// <summary>What the sidecar asks of its app, over HTTP or gRPC.</summary>
    App,
}

/// <summary>One method of Dapr's API, as api.yaml lists it.</summary>
/// <param name="Block">Building block.</param>
/// <param name="Text">As the list writes it.</param>
/// <param name="Level">stable, beta, alpha or deprecated.</param>
/// <param name="Differs">In what this sidecar differs from daprd, and why; null where it does not.</param>
/// <param name="Missing">Why it is not served; null where it is.</param>
public sealed partial record ApiMethod(string Block, string Text, string Level, string? Differs, string? Missing)
{
    private const string DaprService = "dapr.proto.runtime.v1.Dapr/";
    private const string Callbacks = "dapr.proto.runtime.v1.";

    /// <summary>How it is called.</summary>
    public Transport Transport => Text.StartsWith("app ", StringComparison.Ordinal) ? Transport.App : Text.StartsWith("rpc ", StringComparison.Ordinal) ? Transport.Grpc : Transport.Http;

    /// <summary>What has to be served, or called, for it: one key for each verb. Keys compare whatever the parameters of a route are called.</summary>
    public IReadOnlyList<string> Keys => Transport switch
    {
        Transport.Grpc => [GrpcKey(Text[4..].AsSpan().ContainsAny('/', ' ') ? Text[4..] : DaprService + Text[4..])],
        Transport.App => [Text.StartsWith("app rpc ", StringComparison.Ordinal) ? AppKey("POST", "/" + Callbacks + Text[8..]) : "app " + Canonical(Text[4..])],
        _ => [.. Text[..Text.IndexOf(' ')].Split('|').Select(verb => HttpKey(verb, Text[(Text.IndexOf(' ') + 1)..]))],
    };

    /// <summary>Key of an HTTP route.</summary>
    public static string HttpKey(string verb, string route) => $"{verb} {Canonical(route)}";

    /// <summary>Key of a gRPC method, from <c>service/method</c>.</summary>
    public static string GrpcKey(string path) => $"rpc {path.TrimStart('/')}";

    /// <summary>Key of what the sidecar calls in its app.</summary>
    public static string AppKey(string verb, string route) => $"app {verb} {Canonical(route)}";

    /// <summary>A route with its parameters' names taken out.</summary>
    public static string Canonical(string route) => Parameter().Replace(route, "{}");

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();
}
