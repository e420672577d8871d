#nullable enable
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Text.Json;
using Dapr.Actors.Communication;

namespace Dapr.Actors.Sidecar;

#pragma warning disable CA1001 // the client owns no connections: its handler belongs to somebody else
/// <summary>The sidecar's actor API over HTTP, <c>/v1.0/actors</c>.</summary>
internal sealed class ActorApi
#pragma warning restore CA1001
{
    private static readonly MediaTypeHeaderValue OctetStream = MediaTypeHeaderValue.Parse("application/octet-stream; charset=utf-8");
    private static readonly MediaTypeHeaderValue Json = MediaTypeHeaderValue.Parse("application/json; charset=utf-8");
    private static readonly MediaTypeHeaderValue Text = MediaTypeHeaderValue.Parse("text/plain; charset=utf-8");

    // Connections are shared by all proxies. A sidecar on this machine is never reached through a proxy, whatever the environment says.
    private static readonly SocketsHttpHandler Local = new() { UseProxy = false };
    private static readonly SocketsHttpHandler Remote = new();

    private readonly HttpClient http;
    private readonly string root;
    private readonly string? token;

    /// <param name="handler">Sends the requests; the shared connections unless given.</param>
    /// <param name="endpoint">Address of the sidecar; what the environment says unless given.</param>
    /// <param name="token">The token it asks for.</param>
    /// <param name="timeout">How long a call may take.</param>
    public ActorApi(HttpMessageHandler? handler, string? endpoint, string? token, TimeSpan? timeout)
    {
        var address = string.IsNullOrWhiteSpace(endpoint) ? DaprDefaults.GetDefaultHttpEndpoint() : endpoint;
        root = $"{address.TrimEnd('/')}/v1.0/actors/";
        http = new HttpClient(handler ?? (new Uri(root).IsLoopback ? Local : Remote), disposeHandler: false);
        http.Timeout = timeout ?? http.Timeout;
        this.token = token;
    }

    /// <summary>A call with JSON; the answer as it came.</summary>
    public async Task<byte[]> InvokeAsync(string actorType, ActorId actorId, string method, byte[]? json, CancellationToken cancellationToken)
    {
        using var request = Request(HttpMethod.Put, Path(actorType, actorId, $"method/{Uri.EscapeDataString(method)}"), json, Json);
        AddChain(request);
        using var response = await SendAsync(request, cancellationToken);
        return await response.Content.ReadAsByteArrayAsync(cancellationToken);
    }

    /// <summary>A remoting call; the answer says whether its body is an exception.</summary>
    public async Task<(string? ErrorHeader, byte[] Body)> InvokeWithRemotingAsync(IActorRequestMessageHeader header, byte[]? body, CancellationToken cancellationToken)
    {
        using var request = Request(HttpMethod.Put, Path(header.ActorType, header.ActorId, $"method/{Uri.EscapeDataString(header.MethodName)}"), body, OctetStream);
        request.Headers.Add(Wire.RequestHeader, MessageHeaders.Write(header));
        AddChain(request);
        using var response = await SendAsync(request, cancellationToken);
        var error = response.Headers.TryGetValues(Wire.ErrorResponseHeader, out var values) ? values.First() : null;
        return (error, await response.Content.ReadAsByteArrayAsync(cancellationToken));
    }

    /// <summary>A value of an actor's state as JSON; empty when there is none.</summary>
    public async Task<ActorStateResponse<byte[]>> GetStateAsync(string actorType, ActorId actorId, string key, CancellationToken cancellationToken)
    {
        using var request = Request(HttpMethod.Get, Path(actorType, actorId, $"state/{Uri.EscapeDataString(key)}"));
        using var response = await SendAsync(request, cancellationToken);
        var expires = response.Headers.TryGetValues("Metadata.ttlExpireTime", out var values) && DateTimeOffset.TryParse(
            values.First(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : (DateTimeOffset?)null;
        return new ActorStateResponse<byte[]>(await response.Content.ReadAsByteArrayAsync(cancellationToken), expires);
    }

    /// <summary>Changes an actor's state in one transaction.</summary>
    public Task SaveStateAsync(string actorType, ActorId actorId, byte[] operations, CancellationToken cancellationToken) =>
        DoAsync(HttpMethod.Put, Path(actorType, actorId, "state"), operations, Text, cancellationToken);

    public Task RegisterReminderAsync(string actorType, ActorId actorId, string name, byte[] reminder) =>
        DoAsync(HttpMethod.Put, Path(actorType, actorId, $"reminders/{Uri.EscapeDataString(name)}"), reminder, Json);

    /// <summary>A reminder as JSON; null when there is none.</summary>
    public async Task<byte[]?> GetReminderAsync(string actorType, ActorId actorId, string name)
    {
        using var request = Request(HttpMethod.Get, Path(actorType, actorId, $"reminders/{Uri.EscapeDataString(name)}"));
        using var response = await SendAnyAsync(request, default);

        // Runtimes before 1.18 answer 500 for a reminder that is not there.
        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.InternalServerError)
            return null;

        await EnsureSuccessAsync(response, default);
        return await response.Content.ReadAsByteArrayAsync();
    }

    public Task UnregisterReminderAsync(string actorType, ActorId actorId, string name) =>
        DoAsync(HttpMethod.Delete, Path(actorType, actorId, $"reminders/{Uri.EscapeDataString(name)}"));

    public Task RegisterTimerAsync(string actorType, ActorId actorId, string name, byte[] timer) =>
        DoAsync(HttpMethod.Put, Path(actorType, actorId, $"timers/{Uri.EscapeDataString(name)}"), timer, Json);

    public Task UnregisterTimerAsync(string actorType, ActorId actorId, string name) =>
        DoAsync(HttpMethod.Delete, Path(actorType, actorId, $"timers/{Uri.EscapeDataString(name)}"));

    private string Path(string actorType, ActorId actorId, string rest) =>
        $"{root}{Uri.EscapeDataString(actorType)}/{Uri.EscapeDataString(actorId.GetId())}/{rest}";

    private static HttpRequestMessage Request(HttpMethod method, string path, byte[]? body = null, MediaTypeHeaderValue? contentType = null)
    {
        var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = contentType;
        }

        return request;
    }

    private static void AddChain(HttpRequestMessage request)
    {
        if (Reentrancy.ChainId is { } chain)
            request.Headers.Add(Wire.ReentrancyHeader, chain);
    }

    private async Task DoAsync(HttpMethod method, string path, byte[]? body = null, MediaTypeHeaderValue? contentType = null, CancellationToken cancellationToken = default)
    {
        using var request = Request(method, path, body, contentType);
        using var response = await SendAsync(request, cancellationToken);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await SendAnyAsync(request, cancellationToken);
        await EnsureSuccessAsync(response, cancellationToken);
        return response;
    }

    private Task<HttpResponseMessage> SendAnyAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!string.IsNullOrWhiteSpace(token))
            request.Headers.Add("dapr-api-token", token);

        return http.SendAsync(request, cancellationToken);
    }

    private static async Task EnsureSuccessAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode)
            return;

        using (response)
        {
            if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
                throw new AuthenticationException($"The sidecar refused the token of this call ({(int)response.StatusCode}).");

            throw await ErrorAsync(response, cancellationToken);
        }
    }

    private static async Task<DaprApiException> ErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var where = $"The sidecar answered {(int)response.StatusCode} to {response.RequestMessage?.Method} {response.RequestMessage?.RequestUri?.AbsolutePath}";
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        if (body.Length == 0)
            return response.StatusCode == HttpStatusCode.NotFound
                ? new DaprApiException($"{where}: it does not exist.", "ERR_DOES_NOT_EXIST", isTransient: false)
                : new DaprApiException($"{where}.");

        try
        {
            var error = JsonSerializer.Deserialize<DaprError>(body, JsonSerializerOptions.Web)!;
            return new DaprApiException(error.Message, error.ErrorCode, isTransient: false);
        }
        catch (JsonException cause)
        {
            return new DaprApiException($"{where}, with a body that is not Dapr's error JSON.", cause);
        }
    }
}
