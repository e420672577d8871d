using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Dapr.Client;

namespace ServiceDefaults.Calls;

/// <summary>Calls one app, or one HTTP endpoint, through Dapr's service invocation.</summary>
/// <param name="http">A client whose base address is the app, see <see cref="For"/>.</param>
/// <param name="app">Its app id, for messages.</param>
public sealed class Invocation(HttpClient http, string app)
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);

    /// <summary>A client for an app id or the name of an HTTPEndpoint.</summary>
    public static Invocation For(DaprClient dapr, string appId)
    {
        var http = dapr.CreateInvokableHttpClient(appId);
        http.Timeout = _patience;
        return new Invocation(http, appId);
    }

    /// <summary>Sends a request and reads the answer.</summary>
    /// <exception cref="HttpRequestException">The app did not answer, or answered with an error that may go away.</exception>
    public async Task<TAnswer> SendAsync<TAnswer>(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(method, path, body, cancellationToken);
        return await ReadAsync<TAnswer>(response, cancellationToken);
    }

    /// <summary>Gets something; null when the app says that it does not exist.</summary>
    public async Task<TAnswer?> FindAsync<TAnswer>(string path, CancellationToken cancellationToken)
        where TAnswer : class
    {
        using var response = await http.GetAsync(new Uri(path, UriKind.Relative), cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        await EnsureAsync(response, cancellationToken);
        return await ReadAsync<TAnswer>(response, cancellationToken);
    }

    /// <summary>Sends a request whose answer has no content that matters.</summary>
    public async Task PostAsync(string path, object body, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Post, path, body, cancellationToken);
    }

    /// <summary>Sends a request whose answer has no content that matters.</summary>
    public async Task PutAsync(string path, object body, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Put, path, body, cancellationToken);
    }

    /// <summary>Sends a request whose answer goes on to this service's own caller as it comes, unread.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">Relative to the app.</param>
    /// <param name="body">What to send as JSON; null for nothing.</param>
    /// <param name="ifNoneMatch">The ETag that the caller has already; the answer may be 304 then.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<ForwardedAnswer> ForwardAsync(HttpMethod method, string path, object? body, string? ifNoneMatch, CancellationToken cancellationToken)
    {
        using var request = Request(method, path, body);
        if (ifNoneMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-None-Match", ifNoneMatch);
        }

        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.StatusCode != HttpStatusCode.NotModified)
        {
            await EnsureAsync(response, cancellationToken);
        }

        return new ForwardedAnswer(response, _patience);
    }

    private static HttpRequestMessage Request(HttpMethod method, string path, object? body)
    {
        var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (body is not null)
        {
            // With a known length: a chunked body streams through the sidecar and would not be retried by it.
            request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, body.GetType(), WireJson.Options)) { Headers = { { "Content-Type", "application/json" } } };
        }

        return request;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        using var request = Request(method, path, body);
        var response = await http.SendAsync(request, cancellationToken);
        await EnsureAsync(response, cancellationToken);
        return response;
    }

    private async Task EnsureAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode)
        {
            return;
        }

        var content = await response.Content.ReadAsStringAsync(cancellationToken);
        throw new InvocationRefusedException(app, response.StatusCode, content, response.Content.Headers.ContentType?.MediaType);
    }

    private static async Task<TAnswer> ReadAsync<TAnswer>(HttpResponseMessage response, CancellationToken cancellationToken) =>
        await response.Content.ReadFromJsonAsync<TAnswer>(WireJson.Options, cancellationToken)
            ?? throw new HttpRequestException("the answer is empty");
}

/// <summary>The other side answered with an error status.</summary>
public sealed class InvocationRefusedException(string app, HttpStatusCode status, string content, string? mediaType)
    : HttpRequestException($"{app} answered {(int)status}: {(content.Length > 500 ? content[..500] : content)}", null, status)
{
    /// <summary>The answer's body.</summary>
    public string Content { get; } = content;

    /// <summary>The answer's media type.</summary>
    public string? MediaType { get; } = mediaType;
}
