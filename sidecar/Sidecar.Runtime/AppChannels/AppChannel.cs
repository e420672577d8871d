using System.Net;
using Sidecar.Runtime.Hosting;

namespace Sidecar.Runtime.AppChannels;

/// <summary>The HTTP way to one app instance.</summary>
internal sealed class AppChannel : IAppChannel, IAsyncDisposable
{
    /// <summary>Header that carries API and app tokens.</summary>
    public const string TokenHeader = "dapr-api-token";

    private readonly SidecarOptions _options;
    private readonly HttpMessageInvoker _invoker;
    private readonly SemaphoreSlim? _concurrency;
    private readonly AppHealth _health;

    public AppChannel(SidecarOptions options, AppConnections connections, AppHealth health)
    {
        _options = options;
        _health = health;
        var tls = options.AppProtocol is "https" or "grpcs";
        _invoker = tls ? connections.Unverified : connections.Verified;
        IsHttp2 = options.AppProtocol is "h2c" or "grpc" or "grpcs";
        BaseAddress = $"{(tls ? "https" : "http")}://{options.AppChannelAddress}:{options.AppPort}";
        _concurrency = options.AppMaxConcurrency > 0 ? new SemaphoreSlim(options.AppMaxConcurrency) : null;
        _health.Changed += OnHealthChanged;
    }

    /// <inheritdoc/>
    public event Action<bool>? HealthChanged;

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
        {
            request.Version = HttpVersion.Version20;
            request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        }

        if (_options.AppToken is { } token)
        {
            request.Headers.Remove(TokenHeader);
            request.Headers.TryAddWithoutValidation(TokenHeader, token);
        }

        if (_concurrency is null)
            return await _invoker.SendAsync(request, cancellationToken);

        await _concurrency.WaitAsync(cancellationToken);
        try
        {
            return await _invoker.SendAsync(request, cancellationToken);
        }
        finally
        {
            _concurrency.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _health.Changed -= OnHealthChanged;
        await _health.DisposeAsync();
        _concurrency?.Dispose();
    }

    private void OnHealthChanged(bool healthy) => HealthChanged?.Invoke(healthy);
}
