using System.Net;
using Dapr.Protocol.Grpc;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Sidecar.Runtime.Invocation;

namespace Sidecar.Runtime.Proxying;

/// <summary>The app's answer on its way back: headers, messages as they come, trailers with the status.</summary>
internal sealed class ProxiedResponse : IDisposable
{
    private const string Status = "grpc-status";

    private readonly byte[] _buffer = new byte[16 * 1024];
    private readonly HttpResponseMessage _from;
    private readonly MessageMeter _meter;
    private Stream? _body;
    private int _ready;

    public ProxiedResponse(HttpResponseMessage from, long maxMessageSize)
    {
        _from = from;
        _meter = new MessageMeter(maxMessageSize);
    }

    /// <summary>The status of an answer that is an error and nothing else, which leaves it open to try again; null for any other. Known after <see cref="BeginAsync"/>.</summary>
    public GrpcStatusCode? Error { get; private set; }

    /// <summary>Waits for the first message, or for an end without one.</summary>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        _body ??= await _from.Content.ReadAsStreamAsync(cancellationToken);
        _ready = await _body.ReadAsync(_buffer, cancellationToken);
        Error = _ready == 0 && StatusOf() is { } status and not GrpcStatusCode.Ok ? status : null;
    }

    /// <summary>Passes everything on.</summary>
    /// <exception cref="GrpcException">What answered does not speak gRPC, or a message is too large.</exception>
    public async Task CopyAsync(HttpResponse to, CancellationToken cancellationToken)
    {
        if (_from.StatusCode != HttpStatusCode.OK)
            throw new GrpcException(GrpcException.CodeOf(_from.StatusCode), $"unexpected HTTP status code received from server: {(int)_from.StatusCode} ({_from.ReasonPhrase})");

        CopyHeaders(to);
        // An answer without messages may carry its status in the headers: those must be the last thing sent.
        if (!_from.Headers.NonValidated.Contains(Status))
            await to.BodyWriter.FlushAsync(cancellationToken);
        _body ??= await _from.Content.ReadAsStreamAsync(cancellationToken);
        do
        {
            _meter.Advance(_buffer.AsSpan(0, _ready));
            if (_ready > 0)
                await to.Body.WriteAsync(_buffer.AsMemory(0, _ready), cancellationToken);
            _ready = await _body.ReadAsync(_buffer, cancellationToken);
        }
        while (_ready > 0);
        CopyTrailers(to);
    }

    public void Dispose() => _from.Dispose();

    private GrpcStatusCode? StatusOf()
    {
        var trailers = _from.TrailingHeaders.NonValidated;
        var status = trailers.Contains(Status) ? trailers[Status].ToString() : _from.Headers.NonValidated.Contains(Status) ? _from.Headers.NonValidated[Status].ToString() : "";
        return int.TryParse(status, out var code) ? (GrpcStatusCode)code : null;
    }

    private void CopyHeaders(HttpResponse to)
    {
        foreach (var (name, values) in _from.Headers.NonValidated.Concat(_from.Content.Headers.NonValidated))
        {
            if (!ForwardedHeaders.IsHopByHop(name, default))
                to.Headers[name] = values.Count == 1 ? new StringValues(values.ToString()) : new StringValues([.. values]);
        }
    }

    private void CopyTrailers(HttpResponse to)
    {
        foreach (var (name, values) in _from.TrailingHeaders.NonValidated)
            to.AppendTrailer(name, values.Count == 1 ? new StringValues(values.ToString()) : new StringValues([.. values]));
        if (StatusOf() is null)
            throw new GrpcException(GrpcStatusCode.Internal, "server closed the stream without sending trailers");
    }
}
