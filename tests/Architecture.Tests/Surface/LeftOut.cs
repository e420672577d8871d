namespace Architecture.Tests.Surface;

/// <summary>Official types and members that sdk/ deliberately does not have, each with the reason.</summary>
internal static class LeftOut
{
    public static readonly IReadOnlyDictionary<string, string> Types = new Dictionary<string, string>
    {
        ["Dapr.Client.InvocationInterceptor"] = "its whole surface is Grpc.Core's",
    };

    /// <summary>Why a member of a type that we have is missing; null when there is no reason.</summary>
    public static string? ReasonFor(string type, string member) => (type, member) switch
    {
        _ when member.Contains("Grpc.", StringComparison.Ordinal) => "it exposes types of the Grpc.* packages or of their generated code",
        _ => null,
    };
}
