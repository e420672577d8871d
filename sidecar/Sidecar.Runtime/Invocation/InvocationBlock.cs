using System.Net;
using Microsoft.AspNetCore.Http;
using Sidecar.Runtime.AppChannels;
using Sidecar.Runtime.Faults;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Proxying;
using Sidecar.Runtime.Resiliency;
using Sidecar.Runtime.Resources;
using Sidecar.Runtime.Telemetry;

namespace Sidecar.Runtime.Invocation;

/// <summary>Service invocation: forwards a request to an app, an HTTP endpoint or an address, and its answer back, both unchanged.</summary>
internal sealed class InvocationBlock(SidecarContext context, NameResolution names, AppConnections connections) : IBuildingBlock
{
    private readonly CallerHeaders _caller = new(context.Options);
    private readonly Dictionary<string, HttpEndpoint> _endpoints = context.Resources.HttpEndpoints.ToDictionary(e => e.Name, StringComparer.Ordinal);
    private readonly InvocationFaults? _faults = context.Faults is { } faults ? new InvocationFaults(faults, context.Options.AppId) : null;
    private readonly EndpointConnections _endpointConnections = new(context.Resources.HttpEndpoints);

    /// <summary>Calls of gRPC methods that are the apps' own.</summary>
    public GrpcProxy Proxy { get; } = new(context, names);

    /// <summary>A request whose path no API has: an invocation by header, or no request of Dapr's.</summary>
    /// <exception cref="Errors.DaprApiException">There is no header that names an app.</exception>
    public static Task HandleUnknownRouteAsync(HttpContext http)
    {
        if (!http.GetSidecar().Context.Api.AllowsInvocation)
            return NothingHereAsync(http);
        var rawTarget = RequestPaths.TargetOf(http);
        return InvocationTarget.TryParseHeaders(http.Request, rawTarget, out var target)
            ? http.GetSidecar().Invocation.ForwardAsync(http, target)
            : throw InvocationErrors.NoAppId();
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _endpointConnections.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>A request in path form.</summary>
    public Task HandleAsync(HttpContext http)
    {
        if (!context.Api.AllowsInvocation)
            return NothingHereAsync(http);
        var rawTarget = RequestPaths.TargetOf(http);
        return InvocationTarget.TryParseHeaders(http.Request, rawTarget, out var target) || InvocationTarget.TryParsePath(rawTarget, out target)
            ? ForwardAsync(http, target)
            : throw InvocationErrors.NoAppId();
    }

    // Where invocation is not served there is no fallback either: Dapr's router answers by itself.
    private static Task NothingHereAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync("404 page not found\n", http.RequestAborted);
    }

    /// <summary>Sends the call under the target's policy; the caller disposes the answer, whatever its status.</summary>
    /// <exception cref="Errors.DaprApiException">There is no answer.</exception>
    public Task<HttpResponseMessage> InvokeAsync(InvocationCall call, CancellationToken cancellationToken)
    {
        context.Metrics.InvocationsSent.Increment(call.Target.Id, "unary");
        return context.Policies.HasAppPolicy(call.Target.Id)
            ? InvocationRetries.SendAsync(call, context.Policies.ForApp(call.Target.Id, call.Target.Text[1..]), SendAsync, cancellationToken)
            : SendWithBuiltInRetriesAsync(call, cancellationToken);
    }

    private async Task ForwardAsync(HttpContext http, InvocationTarget target)
    {
        using var response = await InvokeAsync(InvocationCall.Of(http, target), http.RequestAborted);

        ForwardedHeaders.CopyResponse(response, http.Response);
        if (HttpMethods.IsHead(http.Request.Method) || response.StatusCode is HttpStatusCode.NoContent or HttpStatusCode.NotModified)
            return;

        try
        {
            await ResponseBody.CopyAsync(response, http.Response, http.RequestAborted);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // Half an answer must not look like a whole one.
            http.Abort();
        }
    }

    private async Task<HttpResponseMessage> SendWithBuiltInRetriesAsync(InvocationCall call, CancellationToken cancellationToken)
    {
        for (var retries = 0; ; retries++)
        {
            try
            {
                return await SendAsync(call, cancellationToken);
            }
            catch (HttpRequestException e)
            {
                if (retries == context.Policies.ServiceRetries.MaxRetries || !IsConnectionFailure(e) || !call.CanSendAgain)
                    throw InvocationErrors.Failed(call.Target.Id, Describe(e), e);
                await Task.Delay(context.Policies.ServiceRetries.Duration, context.Time, cancellationToken);
            }
        }
    }

    private Task<HttpResponseMessage> SendAsync(InvocationCall call, CancellationToken cancellationToken) =>
        _faults is null ? SendOnceAsync(call, cancellationToken) : _faults.SendAsync(call, () => SendOnceAsync(call, cancellationToken), cancellationToken);

    /// <summary>One try: for an app the next instance in turn, and when that one refuses the connection, each of the others once.</summary>
    private async Task<HttpResponseMessage> SendOnceAsync(InvocationCall call, CancellationToken cancellationToken)
    {
        var target = call.Target;
        if (AddressOf(target, out var headers) is { } external)
            return await (_endpointConnections.Find(target.Id) ?? connections.Verified).SendAsync(CreateRequest(call, external, headers), cancellationToken);

        var dot = target.Id.IndexOf('.');
        var (appId, @namespace) = dot < 0 ? (target.Id, null) : (target.Id[..dot], target.Id[(dot + 1)..]);
        for (var tries = 1; ; tries++)
        {
            var callee = names.Next(appId, @namespace, out var instances) ?? throw InvocationErrors.NotFound(target.Id);
            if (!callee.App.IsConfigured)
                throw InvocationErrors.NoAppChannel(target.Id);
            if (callee.Context.Callers.Refusal(context.Options, context.Callers.TrustDomain, target.Text, call.Verb) is { } refusal)
                throw InvocationErrors.Denied(target.Id, refusal);

            if (callee.App.Callback is { } grpc)
            {
                var answer = await GrpcAppInvocation.SendAsync(grpc, call, _caller.For(target.Id), cancellationToken);
                if (!answer.IsUnreachable || tries >= instances)
                    return answer;
                answer.Dispose();
                continue;
            }

            try
            {
                return await callee.App.ForwardAsync(CreateRequest(call, callee.App.AddressOf(target.Path + target.Query), null), cancellationToken);
            }
            catch (HttpRequestException e) when (tries < instances && IsConnectionFailure(e) && !call.WasBodyRead)
            {
                // The next instance gets it.
            }
        }
    }

    private static bool IsConnectionFailure(HttpRequestException e) =>
        e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError;

    private HttpRequestMessage CreateRequest(InvocationCall call, Uri address, IReadOnlyDictionary<string, string>? extra)
    {
        var request = new HttpRequestMessage(HttpMethod.Parse(call.Verb), address) { Content = call.NewContent() };
        ForwardedHeaders.CopyRequest(call.Headers, request, call.IsGrpc);
        SidecarTracing.Inject(request);
        if (extra is not null)
        {
            foreach (var (name, value) in extra)
            {
                request.Headers.Remove(name);
                request.Headers.TryAddWithoutValidation(name, value);
            }

            return request;
        }

        foreach (var (name, value) in _caller.For(call.Target.Id))
            request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    private Uri? AddressOf(InvocationTarget target, out IReadOnlyDictionary<string, string>? headers)
    {
        headers = null;
        string address;
        if (_endpoints.Count > 0 && _endpoints.TryGetValue(target.Id, out var endpoint))
        {
            headers = endpoint.Headers;
            address = endpoint.BaseUrl.OriginalString;
        }
        else if (target.Id.StartsWith("http:", StringComparison.OrdinalIgnoreCase) || target.Id.StartsWith("https:", StringComparison.OrdinalIgnoreCase))
        {
            // Slashes may have been collapsed on the way here.
            var rest = target.Id[(target.Id.IndexOf(':') + 1)..].TrimStart('/');
            address = $"{target.Id[..target.Id.IndexOf(':')]}://{rest}";
            headers = new Dictionary<string, string>();
        }
        else
        {
            return null;
        }

        return Uri.TryCreate(address.TrimEnd('/') + target.Path + target.Query, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }, out var uri)
            ? uri
            : throw InvocationErrors.Failed(target.Id, $"'{address}' is no address");
    }

    private static string Describe(HttpRequestException e) =>
        e.HttpRequestError == HttpRequestError.ConnectionError ? $"error invoking app channel: {e.Message}" : e.InnerException?.Message ?? e.Message;
}
