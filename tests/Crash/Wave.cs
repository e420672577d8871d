using System.Diagnostics;
using Sidecar.Runtime.Faults;

namespace Crash;

/// <summary>Many cells at once on one platform: each has its own order, and its fault strikes that order alone. Kills wait for each other, so that one kill serves the wave.</summary>
internal sealed class Wave(Stage stage, IReadOnlyList<Cell> cells, string name)
{
    /// <summary>Orders under way at once where nothing is killed; a wave of kills is under way as a whole.</summary>
    private const int InFlight = 60;

    private static readonly TimeSpan s_lookEvery = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan s_noMoreCome = TimeSpan.FromSeconds(2.5);
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(6.5);

    private readonly HashSet<string> _struck = [];

    /// <summary>Runs it and says what came of every cell.</summary>
    public async Task<IReadOnlyList<Verdict>> RunAsync()
    {
        var skus = cells.Select((_, i) => $"{name}-{i}").ToList();
        await stage.Shop.OpenAsync(cells.Zip(skus, (cell, sku) => (sku, cell.Scenario.Price)), Scenario.Stock);
        var plays = cells.Zip(skus, (cell, sku) => new Play(stage, cell.Scenario, cell.Style, sku)).ToList();
        await stage.ArmAsync([], plays.Zip(cells, (play, cell) => cell.FaultFor(play.OrderId, play.OrderId, name)));

        var kills = cells.All(cell => cell.Kills);
        using var places = new SemaphoreSlim(kills ? cells.Count : InFlight);
        var playing = plays.ConvertAll(async play =>
        {
            await places.WaitAsync();
            try
            {
                return await play.RunAsync();
            }
            finally
            {
                places.Release();
            }
        });
        if (kills)
            await StrikeAsync(plays, playing);
        var problems = await Task.WhenAll(playing);
        if (!kills)
            _struck.UnionWith((await stage.FaultsAsync()).Where(fault => fault.Struck > 0).Select(fault => fault.Id));
        await stage.ClearAsync();
        return [.. cells.Select((cell, i) => new Verdict(cell, problems[i], _struck.Contains(plays[i].OrderId)))];
    }

    /// <summary>Waits until the orders stand at their points, or no more of them come, and kills.</summary>
    private async Task StrikeAsync(List<Play> plays, List<Task<string?>> playing)
    {
        using var timer = new PeriodicTimer(s_lookEvery);
        var (held, firstAt, lastAt) = (0, 0L, 0L);
        while (await timer.WaitForNextTickAsync() && playing.Exists(play => !play.IsCompleted))
        {
            var standing = await stage.FaultsAsync();
            var now = standing.Count(fault => fault.Held);
            if (now > held)
                (held, firstAt, lastAt) = (now, firstAt == 0 ? Stopwatch.GetTimestamp() : firstAt, Stopwatch.GetTimestamp());
            if (held == 0)
                continue;
            var stillComing = plays.Where((play, i) => !playing[i].IsCompleted).Count() - now;
            if (stillComing > 0 && Stopwatch.GetElapsedTime(lastAt) < s_noMoreCome && Stopwatch.GetElapsedTime(firstAt) < s_longestWait)
                continue;

            if (cells.All(cell => cell.Kind == FaultKind.KillHost))
            {
                _struck.UnionWith(standing.Where(fault => fault.Held).Select(fault => fault.Id));
                await stage.KillHostAsync();
            }
            else
            {
                _struck.UnionWith(await stage.StrikeAsync(name));
            }

            return;
        }
    }
}
