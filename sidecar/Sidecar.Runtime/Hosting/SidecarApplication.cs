using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Dapr.Protocol.Grpc;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sidecar.Runtime.AppChannels;
using Sidecar.Runtime.Errors;
using Sidecar.Runtime.Invocation;
using Sidecar.Runtime.Telemetry;

namespace Sidecar.Runtime.Hosting;

/// <summary>Takes each request of the server to the API its port serves: token check, path rules, invocation without routing, routes, errors.</summary>
internal sealed partial class SidecarApplication(RequestDelegate http, RequestDelegate grpc, IServiceScopeFactory scopes, ILogger logger)
    : IHttpApplication<DefaultHttpContext>
{
    /// <inheritdoc/>
    public DefaultHttpContext CreateContext(IFeatureCollection contextFeatures)
    {
        if (contextFeatures is not IHostContextContainer<DefaultHttpContext> container)
            return new DefaultHttpContext(contextFeatures) { ServiceScopeFactory = scopes };

        if (container.HostContext is { } reused)
        {
            reused.Initialize(contextFeatures);
            return reused;
        }

        return container.HostContext = new DefaultHttpContext(contextFeatures) { ServiceScopeFactory = scopes };
    }

    /// <inheritdoc/>
    public Task ProcessRequestAsync(DefaultHttpContext context)
    {
        var endpoint = context.Features.GetRequiredFeature<SidecarEndpoint>();
        if (endpoint.Instance.Stopped.IsCompleted)
        {
            // A connection from before the stop: to its caller the sidecar is gone, like a process that has ended.
            context.Abort();
            return Task.CompletedTask;
        }

        return endpoint.Kind switch
        {
            EndpointKind.Http => ProcessHttpAsync(context, endpoint.Instance),
            EndpointKind.Grpc => ProcessGrpcAsync(context, endpoint.Instance),
            _ => PrometheusText.WriteAsync(context, endpoint.Instance),
        };
    }

    /// <inheritdoc/>
    public void DisposeContext(DefaultHttpContext context, Exception? exception)
    {
        if (context.Features is IHostContextContainer<DefaultHttpContext>)
            context.Uninitialize();
    }

    private async Task ProcessHttpAsync(DefaultHttpContext context, SidecarInstance sidecar)
    {
        context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize = sidecar.Options.MaxBodySize;
        var start = sidecar.Context.Time.GetTimestamp();
        var isInvocation = InvocationTarget.IsInvocation(RequestPaths.TargetOf(context));
        var isExempt = IsExempt(context.Request.Path);
        sidecar.Context.Tracing.Enter();
        using var span = isExempt ? null : sidecar.Context.Tracing.StartRequest(context, context.Request.Path);
        try
        {
            if (!isExempt && SidecarTracing.BaggageProblem(context.Request.Headers) is { } problem)
            {
                context.Response.Headers.XContentTypeOptions = "nosniff";
                await WriteTextAsync(context, StatusCodes.Status400BadRequest, problem + "\n");
                return;
            }

            if (!isExempt)
                SidecarTracing.Answer(context, span);
            if (!TokenIsRight(context, sidecar.Options.ApiToken) && !(HttpMethods.IsGet(context.Request.Method) && isExempt))
            {
                context.Response.Headers.XContentTypeOptions = "nosniff";
                await WriteTextAsync(context, StatusCodes.Status401Unauthorized, "invalid api token\n");
            }
            else if (sidecar.Pipeline.IsEmpty)
            {
                await ServeHttpAsync(context, sidecar, isInvocation);
            }
            else
            {
                await sidecar.Pipeline.InvokeAsync(context, passedOn => ServeHttpAsync(passedOn, sidecar, isInvocation));
            }
        }
        catch (DaprApiException e)
        {
            await WriteErrorAsync(context, e);
        }
        catch (BadHttpRequestException e)
        {
            await WriteErrorAsync(context, new DaprApiException("ERR_BODY_READ", StatusCodes.Status400BadRequest, 3, $"failed to read the request body: {e.Message}", e));
        }
        catch (Exception e) when (context.RequestAborted.IsCancellationRequested && e is OperationCanceledException or IOException)
        {
            // The caller has gone: nobody is left to answer.
        }
        catch (Exception e)
        {
            LogFailed(sidecar.Options.AppId, context.Request.Method, context.Request.Path.Value, e);
            await WriteErrorAsync(context, new DaprApiException("ERROR", StatusCodes.Status500InternalServerError, 13, e.Message, e));
        }
        finally
        {
            Measure(context, sidecar, isInvocation, start, span);
        }
    }

    private Task ServeHttpAsync(HttpContext context, SidecarInstance sidecar, bool isInvocation)
    {
        if (isInvocation && MethodPath.IsSound(RequestPaths.PathOf(context)))
            return sidecar.Invocation.HandleAsync(context);
        return !isInvocation && RequestPaths.TryNormalize(context) ? http(context) : WriteTextAsync(context, StatusCodes.Status400BadRequest, "400 Bad Request");
    }

    private void Measure(HttpContext context, SidecarInstance sidecar, bool isInvocation, long start, Activity? span)
    {
        var path = isInvocation ? "/v1.0/invoke" : (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "";
        var status = context.Response.StatusCode is 200 ? "200" : context.Response.StatusCode.ToString(CultureInfo.InvariantCulture);
        var elapsed = sidecar.Context.Time.GetElapsedTime(start);
        sidecar.Context.Metrics.HttpRequests.Increment(context.Request.Method, path, status);
        sidecar.Context.Metrics.HttpLatency.Observe(elapsed, context.Request.Method, path, status);
        CallDiagnostics.Http(context.Request.Method, path, context.Response.StatusCode, context.Request.Path.Value ?? "");
        if (span is not null)
        {
            span.SetTag("dapr.protocol", "http").SetTag("dapr.status_code", status);
            if (context.Response.StatusCode >= 500)
                span.SetStatus(ActivityStatusCode.Error);
        }

        if (sidecar.Options.ApiLogging && logger.IsEnabled(LogLevel.Information) && !IsExempt(context.Request.Path))
            LogCall(sidecar.Options.AppId, context.Request.Method, context.Request.Path.Value, context.Response.StatusCode, elapsed.TotalMilliseconds);
    }

    private async Task ProcessGrpcAsync(DefaultHttpContext context, SidecarInstance sidecar)
    {
        if (!TokenIsRight(context, sidecar.Options.ApiToken))
        {
            await GrpcFallback.RefuseTokenAsync(context);
            return;
        }

        if (SidecarTracing.BaggageProblem(context.Request.Headers) is { } problem)
        {
            await GrpcFallback.RefuseAsync(context, GrpcStatusCode.InvalidArgument, problem);
            return;
        }

        var start = sidecar.Context.Time.GetTimestamp();
        SidecarTracing.ReadBinary(context.Request.Headers);
        sidecar.Context.Tracing.Enter();
        using var span = sidecar.Context.Tracing.StartRequest(context, context.Request.Path);
        try
        {
            await grpc(context);
        }
        finally
        {
            var status = GrpcStatusOf(context.Response);
            var method = context.GetEndpoint()?.DisplayName ?? "unknown";
            var elapsed = sidecar.Context.Time.GetElapsedTime(start);
            sidecar.Context.Metrics.GrpcRequests.Increment(method, status);
            sidecar.Context.Metrics.GrpcLatency.Observe(elapsed, method, status);
            CallDiagnostics.Grpc(context.Request.Path.Value ?? "", status, isProxied: context.GetEndpoint() is null);
            span?.SetTag("dapr.protocol", "grpc").SetTag("dapr.status_code", status);
            if (sidecar.Options.ApiLogging && logger.IsEnabled(LogLevel.Information))
                LogCall(sidecar.Options.AppId, "gRPC", method, context.Response.StatusCode, elapsed.TotalMilliseconds);
        }
    }

    private static string GrpcStatusOf(HttpResponse response)
    {
        string? status = response.HttpContext.Features.Get<IHttpResponseTrailersFeature>()?.Trailers["grpc-status"];
        status = string.IsNullOrEmpty(status) ? response.Headers["grpc-status"].ToString() : status;
        return int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? ((GrpcStatusCode)code).ToString() : "Cancelled";
    }

    private static bool TokenIsRight(HttpContext context, string? expected)
    {
        if (expected is null)
            return true;

        var given = context.Request.Headers[AppChannel.TokenHeader].ToString();
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(expected));
    }

    private static bool IsExempt(PathString path) => path.Value.AsSpan().Trim('/') is "v1.0/healthz" or "v1.0/healthz/outbound";

    private static Task WriteTextAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.ContentLength = text.Length;
        return context.Response.WriteAsync(text, context.RequestAborted);
    }

    private static async Task WriteErrorAsync(HttpContext context, DaprApiException error)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        context.Response.Clear();
        await DaprErrorResponse.WriteAsync(context, error);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{AppId}: API called: {Method} {Path} answered {Status} in {Milliseconds:0.0} ms")]
    private partial void LogCall(string appId, string method, string? path, int status, double milliseconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "{AppId}: {Method} {Path} failed")]
    private partial void LogFailed(string appId, string method, string? path, Exception error);
}
