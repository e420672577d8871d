using System.Diagnostics;
using Sidecar.Runtime.Faults;

namespace Crash;

/// <summary>Many cells at once on one platform: each has its own order, and its fault strikes that order alone. Kills wait for each other, so that one kill serves many; who comes later waits for the next.</summary>
internal sealed class Wave(Stage stage, IReadOnlyList<Cell> cells, string name)
{
    /// <summary>Orders under way at once where nothing is killed; a wave of kills is under way as a whole.</summary>
    private const int InFlight = 60;

    private static readonly TimeSpan s_lookEvery = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan s_noMoreCome = TimeSpan.FromSeconds(2.5);
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(6.5);

    /// <summary>Kills of apps in one wave: a supervisor starts an app that dies again and again later and later.</summary>
    private const int MostStrikes = 4;

    /// <summary>Deaths of the host in one wave: each costs a start of the whole platform.</summary>
    private const int MostDeaths = 3;

    private readonly HashSet<string> _struck = [];

    /// <summary>How often orders have passed their points under hosts that are dead.</summary>
    private readonly Dictionary<string, int> _passed = [];

    /// <summary>Runs it and says what came of every cell.</summary>
    public async Task<IReadOnlyList<Verdict>> RunAsync()
    {
        var skus = cells.Select((_, i) => $"{name}-{i}").ToList();
        await stage.Shop.OpenAsync(cells.Zip(skus, (cell, sku) => (sku, cell.Scenario.Price)), Scenario.Stock);
        var plays = cells.Zip(skus, (cell, sku) => new Play(stage, cell.Scenario, cell.Style, sku)).ToList();
        await stage.ArmAsync([], plays.Zip(cells, (play, cell) => FaultOf(play, cell)));

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
        plays.ForEach(play => play.Dispose());
        return [.. cells.Select((cell, i) => new Verdict(cell, problems[i], _struck.Contains(plays[i].OrderId)))];
    }

    private Fault FaultOf(Play play, Cell cell) => cell.FaultFor(play.OrderId, play.OrderId, name);

    /// <summary>Kills whenever the orders stand at their points, or no more of them come for a while, until each was struck or has ended.</summary>
    private async Task StrikeAsync(List<Play> plays, List<Task<string?>> playing)
    {
        var isHost = cells.All(cell => cell.Kind == FaultKind.KillHost);
        for (var strikes = 0; strikes < (isHost ? MostDeaths : MostStrikes) && await GatherAsync(plays, playing) is { } standing; strikes++)
        {
            if (isHost)
                await KillHostAsync(plays, playing, standing);
            else
                _struck.UnionWith(await stage.StrikeAsync(name));
            plays.ForEach(play => play.WaitAnew());
        }
    }

    /// <summary>Waits until it is worth while to strike; null when nobody will come any more.</summary>
    private async Task<IReadOnlyList<FaultStanding>?> GatherAsync(List<Play> plays, List<Task<string?>> playing)
    {
        using var timer = new PeriodicTimer(s_lookEvery);
        var (held, firstAt, lastAt) = (0, 0L, 0L);
        while (await timer.WaitForNextTickAsync())
        {
            var coming = plays.Where((play, i) => !playing[i].IsCompleted && !_struck.Contains(play.OrderId)).Count();
            if (coming == 0)
                return null;
            var standing = await stage.FaultsAsync();
            var now = standing.Count(fault => fault.Held && !_struck.Contains(fault.Id));
            if (now > held)
                (firstAt, lastAt) = (held == 0 ? Stopwatch.GetTimestamp() : firstAt, Stopwatch.GetTimestamp());
            held = now;
            if (now > 0 && (coming <= now || Stopwatch.GetElapsedTime(lastAt) >= s_noMoreCome || Stopwatch.GetElapsedTime(firstAt) >= s_longestWait))
                return standing;
        }

        return null;
    }

    /// <summary>The points die with their host: whoever has not come to its point yet is armed anew, for what is left of its passages.</summary>
    private async Task KillHostAsync(List<Play> plays, List<Task<string?>> playing, IReadOnlyList<FaultStanding> standing)
    {
        _struck.UnionWith(standing.Where(fault => fault.Held).Select(fault => fault.Id));
        var passages = await stage.PassagesAsync();
        plays.ForEach(play => play.WaitNoTime());
        await stage.KillHostAsync();
        await stage.ArmAsync(
            [],
            plays.Zip(cells).Where((one, i) => !playing[i].IsCompleted && !_struck.Contains(one.First.OrderId)).Select(one =>
            {
                var (order, fault) = (one.First.OrderId, FaultOf(one.First, one.Second));
                _passed[order] = _passed.GetValueOrDefault(order) + passages[order].Count(point => point == fault.Point);
                return fault with { Passage = Math.Max(1, fault.Passage - _passed[order]) };
            }));
    }
}
