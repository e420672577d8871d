using System.Diagnostics;
using Demo.Planning;
using Demo.Running;
using RetailData;
using Spectre.Console;

namespace Demo;

/// <summary>One run from the start of the platform to the verdict.</summary>
internal sealed class DemoRun(DemoOptions options, Repository repository, IAnsiConsole console)
{
    private readonly string _data = Path.GetFullPath(options.DataDirectory ?? Path.Combine(repository.Root, ".dapr", "demo"));

    /// <summary>Runs and says the exit code: 0 only if nothing is stuck and both invariants hold.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var chaos = options.Chaos ? new Chaos(options.Orders, options.Seed, what => console.MarkupLineInterpolated($"[yellow]chaos: {what}[/]")) : null;
        for (var resume = options.Resume; ; resume = true)
        {
            if (await RunOnceAsync(resume, chaos, cancellationToken) is { } exitCode)
                return exitCode;
            console.MarkupLine("[grey]the host is gone; going on as --resume does ...[/]");
        }
    }

    /// <summary>The exit code; null when chaos has killed the host and the run is to be resumed.</summary>
    private async Task<int?> RunOnceAsync(bool resume, Chaos? chaos, CancellationToken cancellationToken)
    {
        using var journal = OpenJournal(resume);
        var head = journal.Head;
        var asked = options with { Broker = head.Broker, Store = head.Store, Replicas = head.Replicas, StartServers = head.StartServers };
        var plan = DemoPlan.Make(Retail.FromSample(), head.Orders, head.Styles, head.Seed);

        console.MarkupLineInterpolated($"[grey]starting the platform: broker {head.Broker}, store {head.Store}, replicas {head.Replicas} ...[/]");
        var started = Stopwatch.GetTimestamp();
        await using var platform = await PlatformProcess.StartAsync(repository, asked, _data, cancellationToken);
        console.MarkupLineInterpolated($"[grey]every service is healthy after {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s; the shop is at {platform.Gateway} (host process {platform.HostPid})[/]");

        using var http = new HttpClient { BaseAddress = platform.Gateway, Timeout = TimeSpan.FromSeconds(30) };
        var gateway = new Gateway(http, trouble => console.MarkupLineInterpolated($"[yellow]{trouble}[/]"));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var work = new PlannedRun(options, console).PlayAsync(gateway, plan, journal, stop.Token);
        var striking = chaos?.StrikeAsync(platform, () => journal.OrderIds.Count, stop.Token) ?? Task.CompletedTask;
        if (await Task.WhenAny(work, platform.Ended) != work)
        {
            await stop.CancelAsync();
            await ((Task)work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await striking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            if (chaos is { HasJustKilledHost: true })
                return null;
            throw new DemoException($"the platform ended in the middle of the run. Its last lines:\n{platform.LastLines(15)}\nNothing is lost: ./run demo --resume goes on from here.");
        }

        await stop.CancelAsync();
        await striking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return await work;
    }

    private Journal OpenJournal(bool resume)
    {
        if (resume)
        {
            return Journal.Reopen(_data)
                ?? throw new DemoException($"there is no run to resume in {_data}; start one with ./run demo");
        }

        if (PlatformProcess.StillRuns(_data) is { } pid)
            throw new DemoException($"a platform still runs on {_data} (host process {pid}); stop it first, or choose another folder with --data-dir");
        if (Journal.ExistsIn(_data))
            Directory.Delete(_data, recursive: true);
        else if (Directory.Exists(_data) && Directory.EnumerateFileSystemEntries(_data).Any())
            throw new DemoException($"{_data} is not empty and holds no earlier demo; choose another folder with --data-dir");
        return Journal.Begin(_data, new JournalHead(
            $"demo-{Guid.CreateVersion7():N}", options.Orders, options.Styles, options.Seed, options.Broker, options.Store, options.Replicas, options.StartServers));
    }
}
