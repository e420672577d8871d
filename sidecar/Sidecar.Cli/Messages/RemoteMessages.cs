using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Sidecar.Processes;

namespace Sidecar.Cli.Messages;

/// <summary>The messages of a run in another process, by its control API.</summary>
internal sealed class RemoteMessages : IMessages
{
    private readonly HttpClient _http;

    public RemoteMessages(RunRecord host)
    {
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(host.Control), Timeout = TimeSpan.FromSeconds(30) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", host.ControlToken);
    }

    public async Task<PendingView> PendingAsync(CancellationToken cancellationToken) =>
        (await _http.GetFromJsonAsync("control/messages/pending", MessagesJson.Default.PendingView, cancellationToken))!;

    public async Task<IReadOnlyList<LetterView>> DeadAsync(CancellationToken cancellationToken) =>
        (await _http.GetFromJsonAsync("control/messages/dead", MessagesJson.Default.IReadOnlyListLetterView, cancellationToken))!;

    public async Task<LetterDetail?> ShowAsync(string id, CancellationToken cancellationToken)
    {
        using var answer = await _http.GetAsync(new Uri($"control/messages/letter?id={Uri.EscapeDataString(id)}", UriKind.Relative), cancellationToken);
        if (answer.StatusCode == HttpStatusCode.NotFound)
            return null;
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync(MessagesJson.Default.LetterDetail, cancellationToken);
    }

    public Task<Settled> ReplayAsync(string id, CancellationToken cancellationToken) => PostAsync("replay", id, cancellationToken);

    public Task<Settled> DiscardAsync(string id, CancellationToken cancellationToken) => PostAsync("discard", id, cancellationToken);

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<Settled> PostAsync(string action, string id, CancellationToken cancellationToken)
    {
        using var answer = await _http.PostAsync(new Uri($"control/messages/{action}?id={Uri.EscapeDataString(id)}", UriKind.Relative), null, cancellationToken);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync(MessagesJson.Default.Settled, cancellationToken))!;
    }
}
