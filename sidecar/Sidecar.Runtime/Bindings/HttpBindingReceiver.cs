using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Logging;
using Sidecar.Runtime.AppChannels;
using Sidecar.Runtime.Resiliency;
using Sidecar.Runtime.Resources;
using Sidecar.Runtime.Telemetry;

namespace Sidecar.Runtime.Bindings;

/// <summary>An app over HTTP: it is asked with OPTIONS whether it wants a binding, and gets events by POST.</summary>
/// <param name="app">The app.</param>
/// <param name="patience">How long it may take to say whether it wants a binding.</param>
/// <param name="time">Clock.</param>
/// <param name="logger">Log.</param>
internal sealed class HttpBindingReceiver(IAppChannel app, TimeSpan patience, TimeProvider time, ILogger logger) : IBindingReceiver
{
    /// <summary>True when the app answers 2xx or 405 on the binding's route.</summary>
    public async Task<bool> WantsAsync(Component binding, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        using var request = new HttpRequestMessage(HttpMethod.Options, RouteOf(binding));
        try
        {
            using var response = await app.SendAsync(request, HttpCompletionOption.ResponseContentRead, either.Token);
            return response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.MethodNotAllowed;
        }
        catch (Exception error) when (error is HttpRequestException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            BindingsLog.NotAsked(logger, binding.Name, error.Message);
            return false;
        }
    }

    /// <summary>Posts the event; only 2xx is success.</summary>
    public async Task<byte[]> DeliverAsync(Component binding, BindingEvent @event, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, RouteOf(binding)) { Content = new ReadOnlyMemoryContent(@event.Data) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        foreach (var (key, value) in @event.Metadata)
            request.Headers.TryAddWithoutValidation(key, value);
        SidecarTracing.Inject(request);
        using var response = await app.SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return response.IsSuccessStatusCode
            ? body
            : throw new OperationFailedException($"fails to send binding event to http app channel, status code: {(int)response.StatusCode} body: {Encoding.UTF8.GetString(body)} (binding {binding.Name})")
            {
                HttpStatus = (int)response.StatusCode,
            };
    }

    private static Uri RouteOf(Component binding)
    {
        var route = binding.Metadata.TryGetValue("route", out var given) && given.Length > 0 ? given : binding.Name;
        return new Uri("/" + route.TrimStart('/'), UriKind.Relative);
    }
}
