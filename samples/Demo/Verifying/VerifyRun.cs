using Demo.Running;

namespace Demo.Verifying;

/// <summary>Checks the invariants from outside: of a platform that runs, or of the data of a stopped one, which is started for it on free ports and stopped again.</summary>
internal sealed class VerifyRun(VerifyOptions options, Repository repository, TextWriter output, TextWriter progress)
{
    /// <summary>Checks and says the exit code: 0 only if everything holds.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var runs = Candidates().ToList();
        foreach (var run in runs)
        {
            if (await run.FindRunningAsync(cancellationToken) is not { } found)
                continue;
            progress.WriteLine($"The platform runs at {found.Gateway} (host process {found.Host}).");
            return await CheckAsync(found.Gateway, wasRunning: true, cancellationToken);
        }

        var last = runs.Where(run => run.LastUsed is not null).MaxBy(run => run.LastUsed)
            ?? throw new DemoException($"nothing runs, and no run has left its data in {string.Join(" or ", runs.Select(run => run.DataDirectory ?? Path.Combine(repository.Root, ".dapr")))}; --data-dir names another folder");
        var settings = last.Settings(options);
        progress.WriteLine($"Nothing runs: starting the platform on the data of {last.DataDirectory ?? "the last ./run"} (broker {settings.Broker}, store {settings.Store}) ...");
        await using var platform = await PlatformProcess.StartAsync(repository, settings, last.DataDirectory, cancellationToken);
        return await CheckAsync(platform.Gateway, wasRunning: false, cancellationToken);
    }

    private IEnumerable<KeptRun> Candidates() => options.DataDirectory is { } named
        ? [new KeptRun(repository, Path.GetFullPath(named))]
        : [new KeptRun(repository, null), new KeptRun(repository, Path.Combine(repository.Root, ".dapr", "demo"))];

    private async Task<int> CheckAsync(Uri address, bool wasRunning, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };
        var gateway = new Gateway(http, progress.WriteLine);
        var verdict = Verdict.Of(await Books.CheckAsync(gateway, options.Patience, ended: true, cancellationToken), wasRunning);
        if (options.Json)
        {
            output.WriteLine(verdict.ToJson());
        }
        else
        {
            foreach (var line in verdict.Lines())
                output.WriteLine(line);
        }

        return verdict.IsGood ? 0 : 1;
    }
}
