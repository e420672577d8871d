using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Dapr.Protocol.Grpc.Server;

/// <summary>Maps gRPC methods as endpoints. Every mapped endpoint carries its <see cref="IGrpcMethod"/> as metadata.</summary>
public static partial class GrpcEndpoints
{
    /// <summary>Maps a method with one request and one response.</summary>
    public static IEndpointConventionBuilder MapGrpcUnary<TRequest, TResponse>(
        this IEndpointRouteBuilder routes, GrpcMethod<TRequest, TResponse> method, Func<TRequest, GrpcServerCall, Task<TResponse>> handler)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Map(routes, method, GrpcMethodKind.Unary, async call =>
        {
            var request = await GrpcRequestReader.ReadSingleAsync(call, method.RequestParser).ConfigureAwait(false);
            var response = await handler(request, call).ConfigureAwait(false)
                ?? throw new GrpcException(GrpcStatusCode.Internal, $"the handler of {method} returned null");
            // A late answer is not sent: the caller has been told DeadlineExceeded.
            if (call.IsDeadlineExceeded)
                throw new OperationCanceledException(call.CancellationToken);
            call.PrepareHeaders();
            GrpcFraming.Write(call.HttpContext.Response.BodyWriter, response, call.Options.MaxSendMessageSize);
        });
    }

    /// <summary>Maps a method with one request and a stream of responses; the stream ends when the handler returns.</summary>
    public static IEndpointConventionBuilder MapGrpcServerStream<TRequest, TResponse>(
        this IEndpointRouteBuilder routes, GrpcMethod<TRequest, TResponse> method, Func<TRequest, IGrpcStreamWriter<TResponse>, GrpcServerCall, Task> handler)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Map(routes, method, GrpcMethodKind.ServerStream, async call =>
        {
            var request = await GrpcRequestReader.ReadSingleAsync(call, method.RequestParser).ConfigureAwait(false);
            await WithWriterAsync<TResponse>(call, writer => handler(request, writer, call)).ConfigureAwait(false);
        });
    }

    /// <summary>Maps a method with a stream of requests and a stream of responses; the call ends when the handler returns.</summary>
    public static IEndpointConventionBuilder MapGrpcDuplex<TRequest, TResponse>(
        this IEndpointRouteBuilder routes, GrpcMethod<TRequest, TResponse> method,
        Func<IAsyncEnumerable<TRequest>, IGrpcStreamWriter<TResponse>, GrpcServerCall, Task> handler)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Map(routes, method, GrpcMethodKind.Duplex, call =>
            WithWriterAsync<TResponse>(call, writer => handler(GrpcRequestReader.ReadAllAsync(call, method.RequestParser), writer, call)));
    }

    /// <summary>Answers Unimplemented for every gRPC method that is not mapped. Calls that are not gRPC answer 404.</summary>
    public static IEndpointConventionBuilder MapGrpcUnimplemented(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/{service}/{method}", context =>
        {
            if (!IsGrpc(context.Request.ContentType))
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            }
            var path = context.Request.Path.Value!.Split('/');
            var known = context.RequestServices.GetService(typeof(EndpointDataSource)) is EndpointDataSource source
                && source.Endpoints.Any(endpoint => endpoint.Metadata.GetMetadata<IGrpcMethod>()?.Service == path[1]);
            context.RefuseGrpc(new GrpcException(GrpcStatusCode.Unimplemented, known ? $"unknown method {path[2]} for service {path[1]}" : $"unknown service {path[1]}"));
            return Task.CompletedTask;
        }).WithOrder(int.MaxValue);

    /// <summary>Ends a gRPC request that reaches no handler (authentication, fallbacks) with a status in the headers.</summary>
    public static void RefuseGrpc(this HttpContext context, GrpcException error)
    {
        using var call = new GrpcServerCall(context, UnmappedMethod.Instance);
        call.Fail(error);
    }

    /// <summary>Whether a content type is gRPC's: <c>application/grpc</c>, alone or with <c>+proto</c>.</summary>
    public static bool IsGrpc(string? contentType)
    {
        const string Grpc = "application/grpc";
        if (contentType is null || !contentType.StartsWith(Grpc, StringComparison.OrdinalIgnoreCase))
            return false;
        var rest = contentType.AsSpan(Grpc.Length);
        return rest.IsEmpty || rest[0] is ';' || rest.StartsWith("+proto", StringComparison.OrdinalIgnoreCase);
    }

    private static IEndpointConventionBuilder Map(IEndpointRouteBuilder routes, IGrpcMethod method, GrpcMethodKind kind, Func<GrpcServerCall, Task> body)
    {
        ArgumentNullException.ThrowIfNull(routes);
        ArgumentNullException.ThrowIfNull(method);
        if (method.Kind != kind)
            throw new ArgumentException($"{method} is {method.Kind}, so it cannot be mapped as {kind}.", nameof(method));
        return routes.MapPost(method.Path, context => HandleAsync(context, method, body)).WithMetadata(method).WithDisplayName(method.Path);
    }

    private static async Task HandleAsync(HttpContext context, IGrpcMethod method, Func<GrpcServerCall, Task> body)
    {
        if (!IsGrpc(context.Request.ContentType))
        {
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }
        using var call = new GrpcServerCall(context, method);
        try
        {
            string? encoding = context.Request.Headers["grpc-encoding"];
            if (!GrpcFraming.IsKnownEncoding(encoding))
            {
                call.ResponseHeaders.Add("grpc-accept-encoding", GrpcFraming.AcceptEncoding);
                throw new GrpcException(GrpcStatusCode.Unimplemented, $"the request is compressed with '{encoding}'; this server reads {GrpcFraming.AcceptEncoding}");
            }
            call.LiftBodyLimits();
            await body(call).ConfigureAwait(false);
            call.Complete();
        }
        catch (Exception e)
        {
            if (context.RequestAborted.IsCancellationRequested)
                return;
            var error = call.ToGrpcException(e);
            if (error.StatusCode is GrpcStatusCode.Unknown or GrpcStatusCode.Internal && context.RequestServices?.GetService(typeof(ILoggerFactory)) is ILoggerFactory logs)
                logs.CreateLogger("Dapr.Protocol.Grpc.Server").CallFailed(method.Path, error.StatusCode, error.Detail, e);
            call.Fail(error);
        }
    }

    private static async Task WithWriterAsync<TResponse>(GrpcServerCall call, Func<IGrpcStreamWriter<TResponse>, Task> handler)
        where TResponse : class, IMessage<TResponse>
    {
        var writer = new GrpcResponseWriter<TResponse>(call);
        try
        {
            await handler(writer).ConfigureAwait(false);
        }
        finally
        {
            await writer.CloseAsync().ConfigureAwait(false);
        }
        if (call.IsDeadlineExceeded)
            throw new OperationCanceledException(call.CancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Method} failed with {Status}: {Detail}")]
    private static partial void CallFailed(this ILogger logger, string method, GrpcStatusCode status, string detail, Exception error);

    private sealed class UnmappedMethod : IGrpcMethod
    {
        public static readonly UnmappedMethod Instance = new();

        public GrpcMethodKind Kind => GrpcMethodKind.Unary;

        public string Service => "";

        public string Name => "";

        public string Path => "/";
    }
}
