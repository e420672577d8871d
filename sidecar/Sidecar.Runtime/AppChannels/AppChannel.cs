using System.Net;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Middleware;
using Sidecar.Runtime.Telemetry;

namespace Sidecar.Runtime.AppChannels;

/// <summary>The way to one app instance, over HTTP/1.1 or HTTP/2.</summary>
internal sealed class AppChannel : IAppChannel, IAsyncDisposable
{
    /// <summary>Header that carries API and app tokens.</summary>
    public const string TokenHeader = "dapr-api-token";

    private readonly SidecarOptions _options;
    private readonly HttpMessageInvoker _invoker;
    private readonly SemaphoreSlim? _concurrency;
    private readonly AppHealth _health;
    private readonly AppHttpPipeline? _pipeline;

    /// <param name="options">Where the app is.</param>
    /// <param name="connections">Connections of the host.</param>
    /// <param name="health">Whether the app takes work.</param>
    /// <param name="pipeline">Middleware between the sidecar and an app that speaks HTTP.</param>
    public AppChannel(SidecarOptions options, AppConnections connections, AppHealth health, HttpPipeline pipeline)
    {
        _pipeline = pipeline.IsEmpty || options.IsGrpcApp ? null : new AppHttpPipeline(pipeline);
        _options = options;
        _health = health;
        _invoker = options.IsTlsApp ? connections.Unverified : connections.Verified;
        IsHttp2 = options.IsGrpcApp || options.AppProtocol == "h2c";
        BaseAddress = $"{(options.IsTlsApp ? "https" : "http")}://{options.AppChannelAddress}:{options.AppPort}";
        Callback = options is { IsGrpcApp: true, AppPort: > 0 } ? new AppCallback(this, new Uri(BaseAddress), options.MaxBodySize) : null;
        _concurrency = options.AppMaxConcurrency > 0 ? new SemaphoreSlim(options.AppMaxConcurrency) : null;
        _health.Changed += OnHealthChanged;
    }

    /// <inheritdoc/>
    public event Action<bool>? HealthChanged;

    /// <inheritdoc/>
    public AppCallback? Callback { get; }

    /// <summary>Scheme, address and port of the app, without a trailing slash.</summary>
    public string BaseAddress { get; }

    /// <summary>True when the app speaks HTTP/2 without being asked.</summary>
    public bool IsHttp2 { get; }

    /// <inheritdoc/>
    public bool IsConfigured => _options.AppPort > 0;

    /// <inheritdoc/>
    public bool IsHealthy => _health.IsHealthy;

    /// <inheritdoc/>
    public Task WaitUntilHealthyAsync(CancellationToken cancellationToken) => _health.WaitUntilHealthyAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, HttpCompletionOption completion, CancellationToken cancellationToken)
    {
        if (!IsConfigured)
            throw new HttpRequestException(HttpRequestError.ConnectionError, $"app '{_options.AppId}' has no port: its sidecar was started without an app port");

        var address = request.RequestUri?.OriginalString ?? "/";
        if (request.RequestUri is not { IsAbsoluteUri: true } || address.StartsWith('/'))
            request.RequestUri = AddressOf(address);

        var response = await ForwardAsync(request, cancellationToken);
        if (completion == HttpCompletionOption.ResponseContentRead)
        {
            try
            {
                await response.Content.LoadIntoBufferAsync(cancellationToken);
            }
            catch
            {
                response.Dispose();
                throw;
            }
        }

        return response;
    }

    /// <summary>The app's address for a path and query, kept exactly as the caller wrote it.</summary>
    public Uri AddressOf(string pathAndQuery) => new(
        pathAndQuery.StartsWith('/') ? BaseAddress + pathAndQuery : $"{BaseAddress}/{pathAndQuery}",
        new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

    /// <summary>Sends a request whose address is absolute; returns when the headers of the answer are there.</summary>
    public async Task<HttpResponseMessage> ForwardAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (IsHttp2)
            UseHttp2(request);
        AddToken(request);
        if (_concurrency is null)
            return await SendThroughAsync(request, cancellationToken);

        await _concurrency.WaitAsync(cancellationToken);
        try
        {
            return await SendThroughAsync(request, cancellationToken);
        }
        finally
        {
            _concurrency.Release();
        }
    }

    /// <summary>Sends a gRPC call of somebody else, whatever the app's protocol; it may go on for hours and takes no place of those that <c>app-max-concurrency</c> gives.</summary>
    public Task<HttpResponseMessage> ProxyAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        UseHttp2(request);
        AddToken(request);
        return _invoker.SendAsync(request, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _health.Changed -= OnHealthChanged;
        Callback?.Dispose();
        await _health.DisposeAsync();
        _concurrency?.Dispose();
    }

    private async Task<HttpResponseMessage> SendThroughAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = _pipeline is null ? await _invoker.SendAsync(request, cancellationToken) : await _pipeline.SendAsync(request, _invoker, cancellationToken);
        CallDiagnostics.App(request, response.StatusCode);
        return response;
    }

    private static void UseHttp2(HttpRequestMessage request) =>
        (request.Version, request.VersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);

    private void AddToken(HttpRequestMessage request)
    {
        if (_options.AppToken is not { } token)
            return;
        request.Headers.Remove(TokenHeader);
        request.Headers.TryAddWithoutValidation(TokenHeader, token);
    }

    private void OnHealthChanged(bool healthy) => HealthChanged?.Invoke(healthy);
}
