using System.Diagnostics;
using System.Net.Http.Headers;
using System.Reflection;
using System.Runtime.CompilerServices;
using Dapr.Protocol.Grpc;
using Google.Protobuf;

namespace Dapr.Common.Sidecar;

/// <summary>One client's way to its sidecar: a gRPC channel and an HTTP client, with token, User-Agent and trace context on every call.</summary>
internal sealed class SidecarConnection : IDisposable
{
    internal const string ApiTokenHeader = "dapr-api-token";

    private readonly GrpcChannel channel;

    private SidecarConnection(GrpcChannel channel, HttpClient http, Uri httpEndpoint, string apiToken)
    {
        this.channel = channel;
        Http = http;
        HttpEndpoint = httpEndpoint;
        ApiToken = apiToken;
    }

    public HttpClient Http { get; }

    public Uri HttpEndpoint { get; }

    public string ApiToken { get; }

    /// <summary>Checks the addresses; nothing is connected until the first call. The User-Agent names the version of <paramref name="assembly"/>.</summary>
    /// <exception cref="UriFormatException">An address is no absolute address.</exception>
    /// <exception cref="InvalidOperationException">An address is neither http nor https.</exception>
    public static SidecarConnection Open(
        Assembly assembly, string httpEndpoint, string grpcEndpoint, string? apiToken, TimeSpan timeout = default, IHttpClientFactory? httpClientFactory = null)
    {
        var grpcAddress = Parse(DaprDefaults.WithoutDnsScheme(grpcEndpoint), "gRPC");
        var httpAddress = Parse(httpEndpoint, "HTTP");
        var userAgent = UserAgent(assembly);
        var metadata = new GrpcMetadata();
        if (!string.IsNullOrWhiteSpace(apiToken))
            metadata.Add(ApiTokenHeader, apiToken);

        var channel = new GrpcChannel(grpcAddress, new GrpcChannelOptions { UserAgent = userAgent.ToString(), Metadata = metadata });
        var http = httpClientFactory?.CreateClient() ?? new HttpClient(HttpHandler(httpAddress));
        http.DefaultRequestHeaders.UserAgent.Add(userAgent);
        if (timeout > TimeSpan.Zero)
            http.Timeout = timeout;

        return new SidecarConnection(channel, http, httpAddress, string.IsNullOrWhiteSpace(apiToken) ? string.Empty : apiToken);
    }

    /// <summary>A handler for calls to the sidecar: one on this machine is never reached through a proxy, whatever the environment says.</summary>
    public static SocketsHttpHandler HttpHandler(Uri endpoint) => new() { UseProxy = !endpoint.IsLoopback };

    /// <summary>How an SDK assembly names itself to the sidecar.</summary>
    public static ProductInfoHeaderValue UserAgent(Assembly assembly) =>
        new("dapr-sdk-dotnet", "v" + assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion);

    public Task<TResponse> CallAsync<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method, TRequest request, CancellationToken cancellation)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() =>
        channel.UnaryAsync(method, request, new GrpcCallOptions(TraceContext()), cancellation);

    public IAsyncEnumerable<TResponse> StreamAsync<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, TRequest request, CancellationToken cancellation)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() =>
        channel.ServerStreamAsync(method, request, new GrpcCallOptions(TraceContext()), cancellation);

    /// <summary>Sends requests while responses come. What goes wrong with a request ends the call.</summary>
    public async IAsyncEnumerable<TResponse> ExchangeAsync<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, IAsyncEnumerable<TRequest> requests, [EnumeratorCancellation] CancellationToken cancellation)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var call = channel.Duplex(method, new GrpcCallOptions(TraceContext()), ending.Token);
        var sending = SendAsync(call, requests, ending);
        try
        {
            await using var responses = call.ReadAllAsync(ending.Token).GetAsyncEnumerator(CancellationToken.None);
            while (await NextAsync(responses, sending, cancellation))
                yield return responses.Current;
        }
        finally
        {
            await ending.CancelAsync();
            await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose()
    {
        channel.Dispose();
        Http.Dispose();
    }

    private static async Task SendAsync<TRequest, TResponse>(GrpcDuplexCall<TRequest, TResponse> call, IAsyncEnumerable<TRequest> requests, CancellationTokenSource ending)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        try
        {
            await foreach (var request in requests.WithCancellation(ending.Token))
            {
                try
                {
                    await call.WriteAsync(request, ending.Token);
                }
                catch (Exception error) when (error is GrpcException or IOException or InvalidOperationException or OperationCanceledException && !ending.IsCancellationRequested)
                {
                    // The sidecar takes no more, which may cancel the write under way: its answer says why.
                    return;
                }
            }

            call.CompleteRequests();
        }
        catch
        {
            // The source of the requests failed: the sidecar would wait for the rest.
            await ending.CancelAsync();
            throw;
        }
    }

    private static async ValueTask<bool> NextAsync<TResponse>(IAsyncEnumerator<TResponse> responses, Task sending, CancellationToken cancellation)
    {
        try
        {
            return await responses.MoveNextAsync();
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // Then it is the sending that failed, and what failed there is the error.
            await sending;
            throw;
        }
    }

    private static Uri Parse(string address, string protocol)
    {
        var parsed = new Uri(address);
        return parsed.Scheme == Uri.UriSchemeHttp || parsed.Scheme == Uri.UriSchemeHttps
            ? parsed
            : throw new InvalidOperationException($"The {protocol} endpoint must use http or https.");
    }

    private static GrpcMetadata? TraceContext()
    {
        if (Activity.Current is not { IdFormat: ActivityIdFormat.W3C, Id: { } id } activity)
            return null;

        var metadata = new GrpcMetadata { { "traceparent", id } };
        if (!string.IsNullOrEmpty(activity.TraceStateString))
            metadata.Add("tracestate", activity.TraceStateString);

        metadata.Add("grpc-trace-bin", BinaryTraceContext(activity));
        return metadata;
    }

    // OpenCensus' binary form: version, then the fields 0 (trace id), 1 (span id) and 2 (flags), each with its number before it.
    private static byte[] BinaryTraceContext(Activity activity)
    {
        var bytes = new byte[29];
        activity.TraceId.CopyTo(bytes.AsSpan(2, 16));
        bytes[18] = 1;
        activity.SpanId.CopyTo(bytes.AsSpan(19, 8));
        bytes[27] = 2;
        bytes[28] = (byte)activity.ActivityTraceFlags;
        return bytes;
    }
}
