using System.Net.Http.Json;
using System.Text.Json;
using Dapr.Common.Sidecar;
using Dapr.Protocol.Common.V1;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Wire = Dapr.Protocol.Runtime.V1;

namespace Dapr.Client.Sidecar;

internal sealed partial class GrpcDaprClient
{
    private static readonly HttpRequestOptionsKey<string> AppIdOption = new("appId");
    private static readonly HttpRequestOptionsKey<string> MethodNameOption = new("methodName");

    public override HttpClient CreateInvokableHttpClient(string? appId = null) =>
        CreateInvokeHttpClient(appId, sidecar.HttpEndpoint.AbsoluteUri, sidecar.ApiToken);

    public override HttpRequestMessage CreateInvokeMethodRequest(HttpMethod httpMethod, string appId, string methodName) =>
        CreateInvokeMethodRequest(httpMethod, appId, methodName, []);

    public override HttpRequestMessage CreateInvokeMethodRequest(
        HttpMethod httpMethod, string appId, string methodName, IReadOnlyCollection<KeyValuePair<string, string>> queryStringParameters)
    {
        ArgumentNullException.ThrowIfNull(httpMethod);
        ArgumentException.ThrowIfNullOrEmpty(appId);
        ArgumentNullException.ThrowIfNull(methodName);

        // The method is taken as it is: it may carry a query and encoding of its own.
        var path = $"/v1.0/invoke/{appId}/method/{methodName.TrimStart('/')}";
        var request = new HttpRequestMessage(httpMethod, new Uri(sidecar.HttpEndpoint, path + Query(path, queryStringParameters)));
        request.Options.Set(AppIdOption, appId);
        request.Options.Set(MethodNameOption, methodName);
        if (sidecar.ApiToken.Length > 0)
            request.Headers.TryAddWithoutValidation(SidecarConnection.ApiTokenHeader, sidecar.ApiToken);

        return request;
    }

    public override HttpRequestMessage CreateInvokeMethodRequest<TRequest>(
        HttpMethod httpMethod,
        string appId,
        string methodName,
        IReadOnlyCollection<KeyValuePair<string, string>> queryStringParameters,
        TRequest data)
    {
        var request = CreateInvokeMethodRequest(httpMethod, appId, methodName, queryStringParameters);
        request.Content = JsonContent.Create(data, options: json);
        return request;
    }

    [Obsolete("Recommended guidance is to use a native HTTP or gRPC client for service invocation")]
    public override async Task<HttpResponseMessage> InvokeMethodWithResponseAsync(HttpRequestMessage request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.RequestUri is null || !sidecar.HttpEndpoint.IsBaseOf(request.RequestUri))
            throw new InvalidOperationException("The provided request URI is not a Dapr service invocation URI.");

        try
        {
            return await sidecar.Http.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException error)
        {
            throw InvocationFailure(request, error, null);
        }
    }

    [Obsolete("Recommended guidance is to use a native HTTP or gRPC client for service invocation")]
    public override async Task InvokeMethodAsync(HttpRequestMessage request, CancellationToken cancellationToken = default) =>
        EnsureSuccess(request, await InvokeMethodWithResponseAsync(request, cancellationToken));

    [Obsolete("Recommended guidance is to use a native HTTP or gRPC client for service invocation")]
    public override async Task<TResponse> InvokeMethodAsync<TResponse>(HttpRequestMessage request, CancellationToken cancellationToken = default)
    {
        var response = await InvokeMethodWithResponseAsync(request, cancellationToken);
        EnsureSuccess(request, response);
        try
        {
            return (await response.Content.ReadFromJsonAsync<TResponse>(json, cancellationToken))!;
        }
        catch (Exception error) when (error is HttpRequestException or JsonException)
        {
            throw InvocationFailure(request, error, response);
        }
    }

    [Obsolete("Recommended guidance is to use a native HTTP or gRPC client for service invocation")]
    public override Task InvokeMethodGrpcAsync(string appId, string methodName, CancellationToken cancellationToken = default) =>
        InvokeGrpcAsync(appId, methodName, null, cancellationToken);

    [Obsolete("Recommended guidance is to use a native HTTP or gRPC client for service invocation")]
    public override Task InvokeMethodGrpcAsync<TRequest>(string appId, string methodName, TRequest data, CancellationToken cancellationToken = default) =>
        InvokeGrpcAsync(appId, methodName, data, cancellationToken);

    [Obsolete("Recommended guidance is to use a native HTTP or gRPC client for service invocation")]
    public override async Task<TResponse> InvokeMethodGrpcAsync<TResponse>(string appId, string methodName, CancellationToken cancellationToken = default) =>
        (await InvokeGrpcAsync(appId, methodName, null, cancellationToken)).Unpack<TResponse>();

    [Obsolete("Recommended guidance is to use a native HTTP or gRPC client for service invocation")]
    public override async Task<TResponse> InvokeMethodGrpcAsync<TRequest, TResponse>(
        string appId, string methodName, TRequest data, CancellationToken cancellationToken = default) =>
        (await InvokeGrpcAsync(appId, methodName, data, cancellationToken)).Unpack<TResponse>();

    private async Task<Any> InvokeGrpcAsync(string appId, string methodName, IMessage? data, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(appId);
        ArgumentException.ThrowIfNullOrEmpty(methodName);
        var message = new InvokeRequest { Method = methodName };
        if (data is not null)
        {
            message.ContentType = "application/grpc";
            message.Data = Any.Pack(data);
        }

        try
        {
            var response = await sidecar.CallAsync(
                DaprMethods.InvokeService, new Wire.InvokeServiceRequest { Id = appId, Message = message }, cancellation);
            return response.Data ?? new Any();
        }
        catch (GrpcException error)
        {
            throw new InvocationException(appId, methodName, error, null!);
        }
    }

    private static void EnsureSuccess(HttpRequestMessage request, HttpResponseMessage response)
    {
        try
        {
            response.EnsureSuccessStatusCode();
        }
        catch (HttpRequestException error)
        {
            throw InvocationFailure(request, error, response);
        }
    }

    private static InvocationException InvocationFailure(HttpRequestMessage request, Exception error, HttpResponseMessage? response)
    {
        request.Options.TryGetValue(AppIdOption, out var appId);
        request.Options.TryGetValue(MethodNameOption, out var methodName);
        return new InvocationException(appId!, methodName!, error, response!);
    }

    private static string Query(string path, IReadOnlyCollection<KeyValuePair<string, string>>? parameters)
    {
        if (parameters is null || parameters.Count == 0)
            return string.Empty;

        var pairs = parameters.Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}");
        return (path.Contains('?', StringComparison.Ordinal) ? '&' : '?') + string.Join('&', pairs);
    }
}
