using System.Net.Http.Headers;
using Sidecar.Processes;

namespace Sidecar.Cli.Running;

/// <summary>Stops runs of other processes, or single apps of them, and waits until they have stopped.</summary>
/// <param name="patience">How long before what has not stopped is killed.</param>
/// <param name="cancellationToken">Ends the waiting.</param>
internal sealed class StoppingRuns(TimeSpan patience, CancellationToken cancellationToken)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Stops every instance of an app; the run of which it was the last app ends.</summary>
    /// <returns>What stood in the way, or null.</returns>
    public async Task<string?> StopAppAsync(string appId, IReadOnlyList<RunningApp> running)
    {
        var hosts = running.Where(app => app.App.AppId == appId).Select(app => (app.HostDirectory, app.Host)).Distinct().ToList();
        if (hosts.Count == 0)
            return $"couldn't find app id {appId}";
        foreach (var (directory, host) in hosts)
        {
            var others = new RunRecords(directory).Apps.Any(app => app.AppId != appId);
            if ((others ? await StopAppAsync(appId, host) : await StopHostAsync(host)) is { } problem)
                return problem;
        }

        return null;
    }

    /// <summary>Stops the run of a host directory.</summary>
    /// <returns>What stood in the way, or null.</returns>
    public Task<string?> StopRunAsync(string directory) => new RunRecords(directory).RunningHost is { } host
        ? StopHostAsync(host)
        : Task.FromResult<string?>($"nothing runs from {directory}; `sidecar stop -f <dapr.yaml>` or `--data-dir <folder>` says which run is meant");

    private async Task<string?> StopHostAsync(RunRecord host)
    {
        var process = host.Process!;
        ProcessTree.Terminate(process.Id);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        while (process.IsAlive && !limit.IsCancellationRequested)
        {
            await Task.Delay(s_pause, limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (!process.IsAlive)
            return null;
        ProcessTree.Kill(process.Id);
        return $"process {process.Id} has not stopped within {patience.TotalSeconds:0} s and was killed";
    }

    private async Task<string?> StopAppAsync(string appId, RunRecord host)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(host.Control), Timeout = patience };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", host.ControlToken);
        try
        {
            using var answer = await client.PostAsync(new Uri($"control/apps/stop?app-id={Uri.EscapeDataString(appId)}", UriKind.Relative), null, cancellationToken);
            return answer.IsSuccessStatusCode ? null : $"its host answers {(int)answer.StatusCode}";
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
        {
            return error.Message;
        }
    }
}
