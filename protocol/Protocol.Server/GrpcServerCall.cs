using System.Globalization;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Dapr.Protocol.Grpc.Server;

/// <summary>One call as its handler sees it.</summary>
public sealed class GrpcServerCall : IDisposable
{
    private readonly CancellationTokenSource? _deadline;
    private readonly CancellationTokenSource? _linked;
    private GrpcMetadata? _requestMetadata;
    private bool _started;

    internal GrpcServerCall(HttpContext context, IGrpcMethod method)
    {
        HttpContext = context;
        Method = method;
        Options = context.Features.Get<GrpcServerOptions>() ?? context.RequestServices?.GetService<GrpcServerOptions>() ?? GrpcServerOptions.Default;
        CancellationToken = context.RequestAborted;
        if (GrpcTimeout.TryParse(context.Request.Headers[GrpcTimeout.HeaderName], out var timeout))
        {
            Deadline = Options.TimeProvider.GetUtcNow() + timeout;
            // A timer takes at most 49 days; a longer deadline never comes.
            if (timeout.TotalMilliseconds < uint.MaxValue - 1)
            {
                _deadline = new CancellationTokenSource(timeout, Options.TimeProvider);
                _linked = CancellationTokenSource.CreateLinkedTokenSource(_deadline.Token, context.RequestAborted);
                CancellationToken = _linked.Token;
            }
        }
    }

    /// <summary>The HTTP request below.</summary>
    public HttpContext HttpContext { get; }

    /// <summary>The method called.</summary>
    public IGrpcMethod Method { get; }

    /// <summary>The limits in force.</summary>
    public GrpcServerOptions Options { get; }

    /// <summary>When the caller stops waiting; null when it named no deadline.</summary>
    public DateTimeOffset? Deadline { get; }

    /// <summary>Cancelled when the caller is gone or its deadline has passed.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>Whether the deadline has passed.</summary>
    public bool IsDeadlineExceeded => _deadline?.IsCancellationRequested == true;

    /// <summary>The caller's metadata, without the headers of HTTP and of the gRPC framing.</summary>
    public GrpcMetadata RequestMetadata => _requestMetadata ??= ReadRequestMetadata();

    /// <summary>Headers to send before the first message.</summary>
    public GrpcMetadata ResponseHeaders { get; } = [];

    /// <summary>Trailers to send after the last message.</summary>
    public GrpcMetadata ResponseTrailers { get; } = [];

    /// <summary>Sends the response headers now, so that the caller knows the stream is open.</summary>
    public async Task SendHeadersAsync()
    {
        PrepareHeaders();
        await HttpContext.Response.BodyWriter.FlushAsync(CancellationToken).ConfigureAwait(false);
    }

    internal void PrepareHeaders()
    {
        if (_started)
            return;
        _started = true;
        HttpContext.Response.ContentType = "application/grpc";
        foreach (var entry in ResponseHeaders)
            HttpContext.Response.Headers.Append(entry.Key, entry.Text);
    }

    /// <summary>Ends the call well.</summary>
    internal void Complete()
    {
        PrepareHeaders();
        foreach (var entry in ResponseTrailers)
            HttpContext.Response.AppendTrailer(entry.Key, entry.Text);
        HttpContext.Response.AppendTrailer("grpc-status", "0");
    }

    /// <summary>Ends the call with an error: in the trailers, or in the headers when nothing has been sent.</summary>
    internal void Fail(GrpcException error)
    {
        var response = HttpContext.Response;
        if (!response.HasStarted)
            PrepareHeaders();
        var status = ((int)error.StatusCode).ToString(CultureInfo.InvariantCulture);
        Put("grpc-status", status);
        if (error.Detail.Length > 0)
            Put("grpc-message", GrpcStatusMessage.Encode(error.Detail));
        if (error.RichStatus is { } rich && error.Trailers.GetText(GrpcException.StatusDetailsTrailer) is null)
            Put(GrpcException.StatusDetailsTrailer, Convert.ToBase64String(rich.ToByteArray()).TrimEnd('='));
        foreach (var entry in error.Trailers.Concat(ResponseTrailers))
        {
            if (entry.Key is not ("grpc-status" or "grpc-message"))
                Put(entry.Key, entry.Text);
        }

        void Put(string key, string value)
        {
            if (response.HasStarted)
                response.AppendTrailer(key, value);
            else
                response.Headers.Append(key, value);
        }
    }

    /// <summary>The error to answer for what a handler threw.</summary>
    internal GrpcException ToGrpcException(Exception error)
    {
        if (IsDeadlineExceeded)
            return new GrpcException(GrpcStatusCode.DeadlineExceeded, "context deadline exceeded", inner: error);
        if (error is GrpcException status)
            return status;
        if (error is OperationCanceledException)
            return new GrpcException(GrpcStatusCode.Cancelled, "context canceled", inner: error);
        if (error is BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge })
            return new GrpcException(GrpcStatusCode.ResourceExhausted, error.Message, inner: error);
        return Options.MapException?.Invoke(HttpContext, error) ?? new GrpcException(GrpcStatusCode.Unknown, error.Message, inner: error);
    }

    /// <summary>Streams live as long as they like: Kestrel's limits on body size and rate are for plain uploads.</summary>
    internal void LiftBodyLimits()
    {
        if (HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
        if (HttpContext.Features.Get<Microsoft.AspNetCore.Server.Kestrel.Core.Features.IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _linked?.Dispose();
        _deadline?.Dispose();
    }

    private GrpcMetadata ReadRequestMetadata()
    {
        var metadata = new GrpcMetadata();
        foreach (var (key, values) in HttpContext.Request.Headers)
        {
            if (key.StartsWith(':') || IsFraming(key))
                continue;
            foreach (var value in values)
                metadata.AddReceived(key, value ?? "");
        }
        return metadata;
    }

    private static bool IsFraming(string key) =>
        key.Equals("content-type", StringComparison.OrdinalIgnoreCase)
        || key.Equals("content-length", StringComparison.OrdinalIgnoreCase)
        || key.Equals("te", StringComparison.OrdinalIgnoreCase)
        || key.Equals("host", StringComparison.OrdinalIgnoreCase)
        || key.Equals(GrpcTimeout.HeaderName, StringComparison.OrdinalIgnoreCase)
        || key.Equals("grpc-encoding", StringComparison.OrdinalIgnoreCase)
        || key.Equals("grpc-accept-encoding", StringComparison.OrdinalIgnoreCase);
}
