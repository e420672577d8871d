using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Logging;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Resiliency;
using Sidecar.Runtime.Resources;
using Sidecar.Runtime.Telemetry;

namespace Sidecar.Runtime.Bindings;

/// <summary>The app's side of input bindings over HTTP: it is asked with OPTIONS whether it wants one, and gets events by POST.</summary>
internal sealed class AppBindings(SidecarContext context, ILogger logger)
{
    /// <summary>As daprd's <c>--app-binding-options-timeout</c>.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    /// <summary>True when the app answers 2xx or 405 on the binding's route, or the component says <c>direction: input</c>.</summary>
    public async Task<bool> WantsAsync(Component binding, CancellationToken cancellationToken)
    {
        if (HasDirection(binding, "input"))
            return true;
        using var timeout = new CancellationTokenSource(s_patience, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        using var request = new HttpRequestMessage(HttpMethod.Options, RouteOf(binding));
        try
        {
            using var response = await context.App.SendAsync(request, HttpCompletionOption.ResponseContentRead, either.Token);
            return response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.MethodNotAllowed;
        }
        catch (Exception error) when (error is HttpRequestException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            BindingsLog.NotAsked(logger, binding.Name, error.Message);
            return false;
        }
    }

    /// <summary>Delivers events of one binding under its inbound policy; only 2xx is success.</summary>
    public BindingEventHandler HandlerFor(Component binding)
    {
        var policy = context.Policies.ForComponentInbound(binding.Name, binding.Type);
        var route = RouteOf(binding);
        return async (@event, cancellationToken) =>
        {
            try
            {
                return await policy.ExecuteAsync(token => PostAsync(binding.Name, route, @event, token), cancellationToken);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                BindingsLog.NotDelivered(logger, binding.Name, error.Message);
                throw;
            }
        };
    }

    private async Task<byte[]> PostAsync(string name, Uri route, BindingEvent @event, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, route) { Content = new ReadOnlyMemoryContent(@event.Data) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        foreach (var (key, value) in @event.Metadata)
            request.Headers.TryAddWithoutValidation(key, value);
        SidecarTracing.Inject(request);
        using var response = await context.App.SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return response.IsSuccessStatusCode
            ? body
            : throw new OperationFailedException($"fails to send binding event to http app channel, status code: {(int)response.StatusCode} body: {System.Text.Encoding.UTF8.GetString(body)} (binding {name})")
            {
                HttpStatus = (int)response.StatusCode,
            };
    }

    private static Uri RouteOf(Component binding)
    {
        var route = binding.Metadata.TryGetValue("route", out var given) && given.Length > 0 ? given : binding.Name;
        return new Uri("/" + route.TrimStart('/'), UriKind.Relative);
    }

    private static bool HasDirection(Component binding, string direction) =>
        binding.Metadata.TryGetValue("direction", out var directions)
        && directions.Split(',', StringSplitOptions.TrimEntries).Contains(direction, StringComparer.OrdinalIgnoreCase);
}
