using Dapr.Protocol.Common.V1;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Sidecar.Runtime.Invocation;

/// <summary>One call to forward: over HTTP its body streams, over gRPC (<c>InvokeService</c>) it is in memory.</summary>
internal sealed class InvocationCall
{
    private HttpRequest? _streamed;
    private byte[]? _body;
    private string? _contentType;

    private InvocationCall(InvocationTarget target, string verb, IHeaderDictionary headers)
    {
        Target = target;
        Verb = verb;
        Headers = headers;
    }

    public InvocationTarget Target { get; }

    public string Verb { get; }

    /// <summary>The caller's headers or metadata.</summary>
    public IHeaderDictionary Headers { get; }

    /// <summary>True when the headers are a gRPC call's, whose framing is not for the callee.</summary>
    public bool IsGrpc { get; private init; }

    /// <summary>The message of <c>InvokeService</c>, which an app that speaks gRPC gets as it is; null for a caller over HTTP.</summary>
    public InvokeRequest? Message { get; private init; }

    /// <summary>True once a part of a streamed body may have been sent.</summary>
    public bool WasBodyRead { get; private set; }

    /// <summary>True for a body whose length the caller did not tell: it is sent once.</summary>
    public bool IsStreamed => _streamed is { ContentLength: null };

    /// <summary>A buffered body as text; empty while it streams.</summary>
    public string BodyText => _body is { Length: > 0 } body ? System.Text.Encoding.UTF8.GetString(body) : "";

    /// <summary>True while a failed connection may be tried again.</summary>
    public bool CanSendAgain => !IsStreamed && !WasBodyRead;

    public static InvocationCall Of(HttpContext http, InvocationTarget target)
    {
        var hasBody = http.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true;
        return new InvocationCall(target, http.Request.Method, http.Request.Headers)
        {
            _streamed = hasBody ? http.Request : null,
            _body = !hasBody && (http.Request.ContentType is not null || http.Request.ContentLength is not null) ? [] : null,
        };
    }

    public static InvocationCall OfGrpc(InvocationTarget target, string verb, IHeaderDictionary metadata, InvokeRequest message) =>
        new(target, verb, metadata) { IsGrpc = true, Message = message, _body = message.Data?.Value.ToByteArray() ?? [], _contentType = message.ContentType };

    /// <summary>Reads a body of known length into memory, so that it can be sent again after it was sent.</summary>
    public async Task BufferAsync(CancellationToken cancellationToken)
    {
        if (_streamed is not { ContentLength: { } length })
            return;
        _body = new byte[(int)length];
        await _streamed.Body.ReadExactlyAsync(_body, cancellationToken);
        _streamed = null;
    }

    /// <summary>The whole body, whatever its length; it can be sent again.</summary>
    public async Task<byte[]> ReadBodyAsync(CancellationToken cancellationToken)
    {
        await BufferAsync(cancellationToken);
        if (_streamed is not null)
        {
            using var whole = new MemoryStream();
            await _streamed.Body.CopyToAsync(whole, cancellationToken);
            (_body, _streamed) = (whole.ToArray(), null);
        }

        return _body ?? [];
    }

    /// <summary>The content of one try.</summary>
    public HttpContent? NewContent()
    {
        if (_streamed is not null)
            return new RequestBodyContent(_streamed, () => WasBodyRead = true);
        if (_body is null)
            return null;
        var content = new ByteArrayContent(_body);
        if (_contentType is { Length: > 0 })
            content.Headers.TryAddWithoutValidation("Content-Type", _contentType);
        return content;
    }
}
