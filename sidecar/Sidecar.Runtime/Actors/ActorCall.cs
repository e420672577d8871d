using Microsoft.AspNetCore.Http;
using Sidecar.Runtime.Invocation;
using Sidecar.Runtime.Telemetry;

namespace Sidecar.Runtime.Actors;

/// <summary>One call of an actor's method. It is in memory as a whole, so it can be sent again.</summary>
/// <param name="Actor">Whose method.</param>
/// <param name="Method">Method as the app knows it: <c>name</c>, <c>remind/name</c> or <c>timer/name</c>.</param>
/// <param name="Body">Argument, as the caller sent it.</param>
internal sealed record ActorCall(ActorAddress Actor, string Method, byte[] Body)
{
    /// <summary>Header that says which chain of calls this one belongs to.</summary>
    public const string ReentrancyHeader = "Dapr-Reentrancy-Id";

    /// <summary>Content type of a body that does not come with headers.</summary>
    public string? ContentType { get; init; }

    /// <summary>Query string with its question mark; empty for none.</summary>
    public string Query { get; init; } = "";

    /// <summary>The caller's headers, or null for a call of the sidecar's own.</summary>
    public IHeaderDictionary? Headers { get; init; }

    /// <summary>The chain of calls it belongs to, or null when it starts one.</summary>
    public string? Chain => Headers?[ReentrancyHeader] is [{ Length: > 0 } id, ..] ? id : null;

    /// <summary>The request to the app; Dapr uses PUT whatever the caller used.</summary>
    public HttpRequestMessage ToRequest(string? chain)
    {
        var method = string.Join('/', Method.Split('/').Select(Uri.EscapeDataString));
        var request = new HttpRequestMessage(HttpMethod.Put, new Uri($"{Actor.AppPath}/method/{method}{Query}", UriKind.Relative));
        if (Body.Length > 0 || ContentType is not null || Headers?.ContentType.Count > 0)
            request.Content = new ByteArrayContent(Body);
        if (ContentType is not null)
            request.Content!.Headers.TryAddWithoutValidation("Content-Type", ContentType);
        if (Headers is not null)
            ForwardedHeaders.CopyRequest(Headers, request, isGrpc: false);
        if (chain is not null)
        {
            request.Headers.Remove(ReentrancyHeader);
            request.Headers.TryAddWithoutValidation(ReentrancyHeader, chain);
        }

        SidecarTracing.Inject(request);
        return request;
    }
}
