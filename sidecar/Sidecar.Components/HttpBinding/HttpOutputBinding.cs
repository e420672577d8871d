using System.Globalization;
using System.Net.Http.Headers;
using Sidecar.Runtime.Bindings;

namespace Sidecar.Components.HttpBinding;

/// <summary>
/// Calls an HTTP endpoint. Metadata that begins with a capital letter goes out as headers; status and headers of the answer come back as metadata.
/// </summary>
internal sealed class HttpOutputBinding(HttpBindingSettings settings, HttpClient http, TimeProvider time) : IOutputBinding
{
    private const string Json = "application/json; charset=utf-8";

    public IReadOnlyList<string> Operations { get; } = ["create", "get", "head", "post", "put", "patch", "delete", "options", "trace"];

    public async Task<BindingResponse?> InvokeAsync(BindingRequest request, CancellationToken cancellationToken)
    {
        using var timeout = settings.ResponseTimeout is { } limit ? new CancellationTokenSource(limit, time) : new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        using var outgoing = Outgoing(request);
        try
        {
            using var answer = await http.SendAsync(outgoing, HttpCompletionOption.ResponseHeadersRead, either.Token);
            var response = new BindingResponse(await ReadAsync(answer, either.Token), MetadataOf(answer));
            var mustSucceed = request.Metadata.TryGetValue("errorIfNot2XX", out var given) && given.Length > 0 ? IsTrue(given) : settings.ErrorIfNot2xx;
            return mustSucceed && !answer.IsSuccessStatusCode
                ? throw new BindingException($"received status code {(int)answer.StatusCode}", response)
                : response;
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{settings.Url} did not answer within {settings.ResponseTimeout!.Value.TotalSeconds:0.###} s (responseTimeout)");
        }
    }

    public ValueTask DisposeAsync()
    {
        http.Dispose();
        return ValueTask.CompletedTask;
    }

    private HttpRequestMessage Outgoing(BindingRequest request)
    {
        var url = request.Metadata.TryGetValue("path", out var path) && path.Length > 0 ? settings.Url.TrimEnd('/') + "/" + path.TrimStart('/') : settings.Url;
        var outgoing = new HttpRequestMessage(new HttpMethod(request.Operation == "create" ? "POST" : request.Operation.ToUpperInvariant()), url);
        if (request.Operation is "create" or "post" or "put" or "patch")
        {
            outgoing.Content = new ReadOnlyMemoryContent(request.Data);
            outgoing.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(Json);
        }

        outgoing.Headers.TryAddWithoutValidation("Accept", Json);
        if (settings is { SecurityToken: { } token, SecurityTokenHeader: { } header })
            Set(outgoing, header, token);
        foreach (var (key, value) in request.Metadata)
        {
            if (key.Length > 0 && key[0] is >= 'A' and <= 'Z')
                Set(outgoing, key, value);
        }

        foreach (var key in (string[])["traceparent", "tracestate", "baggage"])
        {
            if (request.Metadata.TryGetValue(key, out var value) && value.Length > 0)
                Set(outgoing, key, value);
        }

        return outgoing;
    }

    private static void Set(HttpRequestMessage request, string name, string value)
    {
        HttpHeaders? headers = IsOfContent(name) ? request.Content?.Headers : request.Headers;
        // A content header without content has nowhere to go.
        headers?.Remove(name);
        headers?.TryAddWithoutValidation(name, value);
    }

    private static bool IsOfContent(string name) =>
        name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase) || name.Equals("Allow", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Expires", StringComparison.OrdinalIgnoreCase) || name.Equals("Last-Modified", StringComparison.OrdinalIgnoreCase);

    private async Task<byte[]> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (settings.MostBytes <= 0)
            return await answer.Content.ReadAsByteArrayAsync(cancellationToken);
        await using var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
        using var read = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (read.Length < settings.MostBytes
            && await body.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, settings.MostBytes - read.Length)), cancellationToken) is > 0 and var count)
        {
            read.Write(buffer, 0, count);
        }

        return read.ToArray();
    }

    private static Dictionary<string, string> MetadataOf(HttpResponseMessage answer)
    {
        var status = ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture);
        var metadata = new Dictionary<string, string> { ["statusCode"] = status, ["status"] = $"{status} {answer.ReasonPhrase}".TrimEnd() };
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers))
            metadata[name] = string.Join(", ", values);
        return metadata;
    }

    private static bool IsTrue(string text) => text.Trim().ToUpperInvariant() is "TRUE" or "YES" or "Y" or "ON" or "T" or "1";
}
