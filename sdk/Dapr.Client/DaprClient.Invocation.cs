using Dapr.Common.Sidecar;
using Google.Protobuf;

namespace Dapr.Client;

public abstract partial class DaprClient
{
    private const string UseNativeClient = "Recommended guidance is to use a native HTTP or gRPC client for service invocation";

    /// <summary>
    /// An <see cref="HttpClient"/> whose requests to <c>http://app-id/path</c> are service invocations through the sidecar.
    /// With <paramref name="appId"/> relative addresses go to that application.
    /// </summary>
    /// <exception cref="ArgumentException"><paramref name="appId"/> cannot be a host name, or <paramref name="daprEndpoint"/> is not http or https.</exception>
    public static HttpClient CreateInvokeHttpClient(string? appId = null, string? daprEndpoint = null, string? daprApiToken = null)
    {
        var handler = new InvocationHandler { DaprApiToken = daprApiToken ?? DaprDefaults.GetDefaultDaprApiToken(null), DefaultAppId = appId };
        if (daprEndpoint is not null)
            handler.DaprEndpoint = daprEndpoint;

        handler.InnerHandler = SidecarConnection.HttpHandler(new Uri(handler.DaprEndpoint));
        var client = new HttpClient(handler);
        client.DefaultRequestHeaders.UserAgent.Add(UserAgent());
        if (appId is null)
            return client;

        try
        {
            client.BaseAddress = new Uri($"http://{appId}");
            return client;
        }
        catch (UriFormatException inner)
        {
            client.Dispose();
            throw new ArgumentException("The appId must be a valid hostname.", nameof(appId), inner);
        }
    }

    /// <summary>As <see cref="CreateInvokeHttpClient"/>, with this client's sidecar and token.</summary>
    public abstract HttpClient CreateInvokableHttpClient(string? appId = null);

    /// <summary>A POST of <paramref name="methodName"/> on <paramref name="appId"/>, addressed to the sidecar.</summary>
    public HttpRequestMessage CreateInvokeMethodRequest(string appId, string methodName) =>
        CreateInvokeMethodRequest(HttpMethod.Post, appId, methodName);

    /// <summary>A POST of <paramref name="methodName"/> on <paramref name="appId"/> with a query string, addressed to the sidecar.</summary>
    public HttpRequestMessage CreateInvokeMethodRequest(
        string appId, string methodName, IReadOnlyCollection<KeyValuePair<string, string>> queryStringParameters) =>
        CreateInvokeMethodRequest(HttpMethod.Post, appId, methodName, queryStringParameters);

    /// <summary>A request for <paramref name="methodName"/> on <paramref name="appId"/>, addressed to the sidecar.</summary>
    public abstract HttpRequestMessage CreateInvokeMethodRequest(HttpMethod httpMethod, string appId, string methodName);

    /// <summary>A request for <paramref name="methodName"/> on <paramref name="appId"/> with a query string, addressed to the sidecar.</summary>
    public abstract HttpRequestMessage CreateInvokeMethodRequest(
        HttpMethod httpMethod, string appId, string methodName, IReadOnlyCollection<KeyValuePair<string, string>> queryStringParameters);

    /// <summary>A POST of <paramref name="data"/> as JSON to <paramref name="methodName"/> on <paramref name="appId"/>, addressed to the sidecar.</summary>
    public HttpRequestMessage CreateInvokeMethodRequest<TRequest>(string appId, string methodName, TRequest data) =>
        CreateInvokeMethodRequest(HttpMethod.Post, appId, methodName, [], data);

    /// <summary>A request with <paramref name="data"/> as JSON and a query string, addressed to the sidecar.</summary>
    public abstract HttpRequestMessage CreateInvokeMethodRequest<TRequest>(
        HttpMethod httpMethod,
        string appId,
        string methodName,
        IReadOnlyCollection<KeyValuePair<string, string>> queryStringParameters,
        TRequest data);

    /// <summary>Sends a request made by <c>CreateInvokeMethodRequest</c> and gives the answer, whatever its status.</summary>
    /// <exception cref="InvocationException">There was no answer.</exception>
    [Obsolete(UseNativeClient)]
    public abstract Task<HttpResponseMessage> InvokeMethodWithResponseAsync(HttpRequestMessage request, CancellationToken cancellationToken = default);

    /// <summary>Sends a request made by <c>CreateInvokeMethodRequest</c>.</summary>
    /// <exception cref="InvocationException">There was no answer, or its status is not a success.</exception>
    [Obsolete(UseNativeClient)]
    public abstract Task InvokeMethodAsync(HttpRequestMessage request, CancellationToken cancellationToken = default);

    /// <summary>Sends a request made by <c>CreateInvokeMethodRequest</c> and reads the answer as JSON.</summary>
    /// <exception cref="InvocationException">There was no answer, its status is not a success, or it is not the JSON expected.</exception>
    [Obsolete(UseNativeClient)]
    public abstract Task<TResponse> InvokeMethodAsync<TResponse>(HttpRequestMessage request, CancellationToken cancellationToken = default);

    /// <summary>Posts nothing and expects nothing.</summary>
    /// <exception cref="InvocationException">There was no answer, or its status is not a success.</exception>
    [Obsolete(UseNativeClient)]
    public Task InvokeMethodAsync(string appId, string methodName, CancellationToken cancellationToken = default) =>
        InvokeMethodAsync(CreateInvokeMethodRequest(appId, methodName), cancellationToken);

    /// <summary>Sends nothing and expects nothing.</summary>
    /// <exception cref="InvocationException">There was no answer, or its status is not a success.</exception>
    [Obsolete(UseNativeClient)]
    public Task InvokeMethodAsync(HttpMethod httpMethod, string appId, string methodName, CancellationToken cancellationToken = default) =>
        InvokeMethodAsync(CreateInvokeMethodRequest(httpMethod, appId, methodName), cancellationToken);

    /// <summary>Posts JSON and expects nothing.</summary>
    /// <exception cref="InvocationException">There was no answer, or its status is not a success.</exception>
    [Obsolete(UseNativeClient)]
    public Task InvokeMethodAsync<TRequest>(string appId, string methodName, TRequest data, CancellationToken cancellationToken = default) =>
        InvokeMethodAsync(CreateInvokeMethodRequest(appId, methodName, data), cancellationToken);

    /// <summary>Sends JSON and expects nothing.</summary>
    /// <exception cref="InvocationException">There was no answer, or its status is not a success.</exception>
    [Obsolete(UseNativeClient)]
    public Task InvokeMethodAsync<TRequest>(
        HttpMethod httpMethod, string appId, string methodName, TRequest data, CancellationToken cancellationToken = default) =>
        InvokeMethodAsync(CreateInvokeMethodRequest(httpMethod, appId, methodName, [], data), cancellationToken);

    /// <summary>Posts nothing and reads JSON.</summary>
    /// <exception cref="InvocationException">There was no answer, its status is not a success, or it is not the JSON expected.</exception>
    [Obsolete(UseNativeClient)]
    public Task<TResponse> InvokeMethodAsync<TResponse>(string appId, string methodName, CancellationToken cancellationToken = default) =>
        InvokeMethodAsync<TResponse>(CreateInvokeMethodRequest(appId, methodName), cancellationToken);

    /// <summary>Sends nothing and reads JSON.</summary>
    /// <exception cref="InvocationException">There was no answer, its status is not a success, or it is not the JSON expected.</exception>
    [Obsolete(UseNativeClient)]
    public Task<TResponse> InvokeMethodAsync<TResponse>(
        HttpMethod httpMethod, string appId, string methodName, CancellationToken cancellationToken = default) =>
        InvokeMethodAsync<TResponse>(CreateInvokeMethodRequest(httpMethod, appId, methodName), cancellationToken);

    /// <summary>Posts JSON and reads JSON.</summary>
    /// <exception cref="InvocationException">There was no answer, its status is not a success, or it is not the JSON expected.</exception>
    [Obsolete(UseNativeClient)]
    public Task<TResponse> InvokeMethodAsync<TRequest, TResponse>(
        string appId, string methodName, TRequest data, CancellationToken cancellationToken = default) =>
        InvokeMethodAsync<TResponse>(CreateInvokeMethodRequest(appId, methodName, data), cancellationToken);

    /// <summary>Sends JSON and reads JSON.</summary>
    /// <exception cref="InvocationException">There was no answer, its status is not a success, or it is not the JSON expected.</exception>
    [Obsolete(UseNativeClient)]
    public Task<TResponse> InvokeMethodAsync<TRequest, TResponse>(
        HttpMethod httpMethod, string appId, string methodName, TRequest data, CancellationToken cancellationToken = default) =>
        InvokeMethodAsync<TResponse>(CreateInvokeMethodRequest(httpMethod, appId, methodName, [], data), cancellationToken);

    /// <summary>Calls a gRPC application (<c>InvokeService</c>); sends nothing and expects nothing.</summary>
    /// <exception cref="InvocationException">The call failed.</exception>
    [Obsolete(UseNativeClient)]
    public abstract Task InvokeMethodGrpcAsync(string appId, string methodName, CancellationToken cancellationToken = default);

    /// <summary>Calls a gRPC application (<c>InvokeService</c>); sends a message and expects nothing.</summary>
    /// <exception cref="InvocationException">The call failed.</exception>
    [Obsolete(UseNativeClient)]
    public abstract Task InvokeMethodGrpcAsync<TRequest>(string appId, string methodName, TRequest data, CancellationToken cancellationToken = default)
        where TRequest : IMessage;

    /// <summary>Calls a gRPC application (<c>InvokeService</c>); sends nothing and reads a message.</summary>
    /// <exception cref="InvocationException">The call failed.</exception>
    [Obsolete(UseNativeClient)]
    public abstract Task<TResponse> InvokeMethodGrpcAsync<TResponse>(string appId, string methodName, CancellationToken cancellationToken = default)
        where TResponse : IMessage, new();

    /// <summary>Calls a gRPC application (<c>InvokeService</c>); sends a message and reads a message.</summary>
    /// <exception cref="InvocationException">The call failed.</exception>
    [Obsolete(UseNativeClient)]
    public abstract Task<TResponse> InvokeMethodGrpcAsync<TRequest, TResponse>(
        string appId, string methodName, TRequest data, CancellationToken cancellationToken = default)
        where TRequest : IMessage
        where TResponse : IMessage, new();
}
