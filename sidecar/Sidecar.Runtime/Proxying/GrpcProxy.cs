using Dapr.Protocol.Grpc;
using Dapr.Protocol.Grpc.Server;
using Microsoft.AspNetCore.Http;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Invocation;
using Sidecar.Runtime.Resiliency;

namespace Sidecar.Runtime.Proxying;

/// <summary>
/// gRPC proxying: a call of a method that the sidecar does not have goes to the app that its metadata names, and the answer comes back, both unchanged and message by message.
/// A policy of the target covers whole calls; one that retries keeps the first message, and a call with a second one is refused. A call that says it streams
/// (<c>dapr-stream</c>) goes without policies.
/// </summary>
internal sealed class GrpcProxy(SidecarContext context, NameResolution names)
{
    private readonly CallerHeaders _caller = new(context.Options);

    /// <summary>Passes one call on.</summary>
    public async Task HandleAsync(HttpContext http, string target)
    {
        using var call = new ProxiedCall(http, target, context.Options.MaxBodySize);
        context.Metrics.InvocationsSent.Increment(call.Target, call.IsStream ? "streaming" : "unary");
        try
        {
            await (context.Policies.HasAppPolicy(call.Target) && !call.IsStream ? UnderPolicyAsync(call) : OnceAsync(call));
        }
        catch (Exception error)
        {
            if (!call.Http.RequestAborted.IsCancellationRequested)
                call.Http.RefuseGrpc(call.Failure ?? StatusOf(error));
        }
    }

    private async Task OnceAsync(ProxiedCall call)
    {
        try
        {
            using var response = await SendAsync(call, call.Over);
            await response.CopyAsync(call.Http.Response, call.Over);
        }
        finally
        {
            call.End();
            await call.QuietAsync();
        }
    }

    private async Task UnderPolicyAsync(ProxiedCall call)
    {
        var policy = context.Policies.ForApp(call.Target, call.Path);
        if (policy.HasRetries)
            call.Remember();
        ProxiedResponse? refused = null;
        try
        {
            await policy.ExecuteAsync(async token =>
            {
                refused?.Dispose();
                return (refused = await TryAsync(call, token)) is { Error: { } status }
                    ? throw new OperationFailedException($"the app answered {status}") { GrpcStatus = (int)status }
                    : true;
            }, call.Over);
        }
        catch (OperationFailedException error) when (refused is not null && error is not CircuitOpenException)
        {
            await refused.CopyAsync(call.Http.Response, call.Over);
        }
        finally
        {
            refused?.Dispose();
        }
    }

    /// <summary>One try; at its end nothing reads the caller's messages any more. Its answer is passed on, unless that is an error alone: then it is returned.</summary>
    private async Task<ProxiedResponse?> TryAsync(ProxiedCall call, CancellationToken cancellationToken)
    {
        using var attempt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            var response = await SendAsync(call, attempt.Token);
            await response.BeginAsync(attempt.Token);
            if (response.Error is not null)
                return response;
            using (response)
                await response.CopyAsync(call.Http.Response, attempt.Token);
            return null;
        }
        catch (Exception error) when (call.Failure is not null || error is HttpRequestException or GrpcException)
        {
            var status = call.Failure ?? StatusOf(error);
            throw new OperationFailedException(status.Detail, status)
            {
                GrpcStatus = (int)status.StatusCode,
                IsPermanent = call.Failure is not null || call.Http.Response.HasStarted,
            };
        }
        finally
        {
            await attempt.CancelAsync();
            await call.QuietAsync();
        }
    }

    /// <summary>Sends to the next instance of the app in turn, and when that one refuses the connection, to each of the others once.</summary>
    private async Task<ProxiedResponse> SendAsync(ProxiedCall call, CancellationToken cancellationToken)
    {
        var dot = call.Target.IndexOf('.');
        var (appId, @namespace) = dot < 0 ? (call.Target, null) : (call.Target[..dot], call.Target[(dot + 1)..]);
        for (var tries = 1; ; tries++)
        {
            var callee = names.Next(appId, @namespace, out var instances) ?? throw new GrpcException(GrpcStatusCode.Unknown, $"couldn't find service: {call.Target}");
            if (!callee.App.IsConfigured)
                throw new GrpcException(GrpcStatusCode.Unavailable, $"app channel of '{call.Target}' is not initialized: its sidecar was started without an app port");
            if (callee.Context.Callers.Refusal(context.Options, context.Callers.TrustDomain, call.Path, "NONE") is { } refusal)
                throw new GrpcException(GrpcStatusCode.PermissionDenied, refusal);

            var request = call.CreateRequest(callee.App.AddressOf(call.Path), _caller.For(call.Target), cancellationToken);
            try
            {
                return new ProxiedResponse(await callee.App.ProxyAsync(request, cancellationToken), context.Options.MaxBodySize);
            }
            catch (HttpRequestException e) when (tries < instances && !call.HasBegun && e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError)
            {
                // The next instance gets it.
            }
        }
    }

    private static GrpcException StatusOf(Exception error) => error switch
    {
        GrpcException status => status,
        OperationFailedException { InnerException: GrpcException status } => status,
        TimeoutException => new GrpcException(GrpcStatusCode.DeadlineExceeded, "context deadline exceeded", inner: error),
        OperationCanceledException => new GrpcException(GrpcStatusCode.Cancelled, "context canceled", inner: error),
        HttpRequestException or IOException => new GrpcException(GrpcException.CodeOf(error), error.Message, inner: error),
        _ => new GrpcException(GrpcStatusCode.Unknown, error.Message, inner: error),
    };
}
