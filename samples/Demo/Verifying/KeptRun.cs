using System.Diagnostics;
using System.Text.Json;
using Demo.Running;

namespace Demo.Verifying;

/// <summary>A run that <c>./run verify</c> may mean: by its data directory, or null for the one of a plain <c>./run</c>.</summary>
/// <param name="Repository">Where it is.</param>
/// <param name="DataDirectory">As it was given to <c>sidecar run</c>.</param>
internal sealed record KeptRun(Repository Repository, string? DataDirectory)
{
    /// <summary>When it last kept something, or null when it never did.</summary>
    public DateTime? LastUsed
    {
        get
        {
            var jobs = Path.Combine(DataDirectory ?? Path.Combine(Repository.Root, ".dapr"), "scheduler.db");
            return File.Exists(jobs) ? Directory.GetLastWriteTimeUtc(Path.GetDirectoryName(jobs)!) : null;
        }
    }

    /// <summary>Gateway and host process while it runs; null when it does not.</summary>
    public async Task<(Uri Gateway, int Host)?> FindRunningAsync(CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = Repository.Root, RedirectStandardOutput = true };
        foreach (var argument in new[] { Repository.SidecarProgram, "list", "-o", "json", DataDirectory is null ? "-f" : "--data-dir", DataDirectory ?? "dapr.yaml" })
            start.ArgumentList.Add(argument);
        using var list = Process.Start(start) ?? throw new DemoException("the program 'dotnet' cannot be started; is the .NET 10 SDK on the path?");
        var output = await list.StandardOutput.ReadToEndAsync(cancellationToken);
        await list.WaitForExitAsync(cancellationToken);
        using var apps = JsonDocument.Parse(list.ExitCode == 0 ? output : "[]");
        foreach (var app in apps.RootElement.EnumerateArray())
        {
            if (app.GetProperty("appId").GetString() == "gateway")
                return (new Uri($"http://127.0.0.1:{app.GetProperty("appPort").GetInt32()}"), app.GetProperty("cliPid").GetInt32());
        }

        return null;
    }

    /// <summary>What it was started with, as far as it is known.</summary>
    public DemoOptions Settings(VerifyOptions asked)
    {
        var head = DataDirectory is null ? null : Journal.HeadIn(DataDirectory);
        var defaults = new DemoOptions();
        return defaults with
        {
            Broker = asked.Broker ?? head?.Broker ?? defaults.Broker,
            Store = asked.Store ?? head?.Store ?? defaults.Store,
            StartServers = head?.StartServers ?? false,
        };
    }
}
