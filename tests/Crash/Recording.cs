using Ordering.Contracts;
using Sidecar.Runtime.Faults;

namespace Crash;

/// <summary>Which points an undisturbed order of each style and scenario passes, and the cells that follow from it.</summary>
internal static class Recording
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>How often each is recorded: a passage that one order makes and another does not is chance, not a cell.</summary>
    private const int Recordings = 2;

    /// <summary>Plays every scenario undisturbed, twice.</summary>
    /// <exception cref="InvalidOperationException">Even undisturbed one goes wrong.</exception>
    public static async Task<IReadOnlyList<Cell>> MakeAsync(Stage stage, IReadOnlyList<(CoordinationStyle Style, Scenario Scenario)> rows)
    {
        var recordings = Enumerable.Repeat(rows, Recordings).SelectMany(all => all).ToList();
        var skus = recordings.Select((_, i) => $"record-{i}").ToList();
        await stage.Shop.OpenAsync(recordings.Zip(skus, (row, sku) => (sku, row.Scenario.Price)), Scenario.Stock);
        var plays = recordings.Zip(skus, (row, sku) => new Play(stage, row.Scenario, row.Style, sku)).ToList();
        await stage.ArmAsync(plays.Select(play => play.OrderId), []);
        var wrong = (await Task.WhenAll(plays.Select(play => play.RunAsync()))).OfType<string>().ToList();
        if (wrong.Count > 0)
            throw new InvalidOperationException($"without any fault:\n{string.Join('\n', wrong)}\n{stage.LastLines(40)}");

        // The last notes and notifications come after the end.
        using var patience = new CancellationTokenSource(s_patience);
        foreach (var play in plays)
        {
            while (stage.StandingOf(play.OrderId) is not { QuietMilliseconds: > 1_500 })
                await stage.QuietAsync(play.OrderId, patience.Token);
        }

        var passages = await stage.PassagesAsync();
        await stage.ClearAsync();
        plays.ForEach(play => play.Dispose());
        return
        [
            .. recordings.Zip(plays, (row, play) => (row, Passages: passages[play.OrderId])).GroupBy(one => one.row, one => one.Passages)
                .SelectMany(row => CellsOf(row.Key.Style, row.Key.Scenario, row.First(), [.. row.Skip(1).Select(others => others.CountBy(point => point).ToDictionary())])),
        ];
    }

    private static IEnumerable<Cell> CellsOf(CoordinationStyle style, Scenario scenario, IReadOnlyList<string> passages, IReadOnlyList<Dictionary<string, int>> others)
    {
        var counts = new Dictionary<string, int>();
        for (var depth = 0; depth < passages.Count; depth++)
        {
            var point = passages[depth];
            var number = counts[point] = counts.GetValueOrDefault(point) + 1;
            if (others.Any(other => other.GetValueOrDefault(point) < number))
                continue;
            foreach (var kind in FaultTable.For(point, number, IsIdle(passages, depth)))
                yield return new Cell(style, scenario, point, number, kind) { Depth = depth };
        }

        // Reading is no work and not recorded; whoever writes has read before.
        foreach (var app in counts.Keys.Where(point => point.EndsWith("/state.transaction/before", StringComparison.Ordinal)).Select(AppOf))
            yield return new Cell(style, scenario, $"{app}/state.read/before", 1, FaultKind.Fail);
    }

    /// <summary>A delivery between whose two sides the app does nothing: the event does not concern it.</summary>
    private static bool IsIdle(IReadOnlyList<string> passages, int at)
    {
        var point = passages[at];
        if (!point.Contains("/delivery:", StringComparison.Ordinal))
            return false;
        var (name, app) = (point[..point.LastIndexOf('/')], AppOf(point) + "/");
        var isBefore = point.EndsWith("/before", StringComparison.Ordinal);
        var step = isBefore ? 1 : -1;
        for (var i = at + step; i >= 0 && i < passages.Count && passages[i] != name + (isBefore ? "/after" : "/before"); i += step)
        {
            if (passages[i].StartsWith(app, StringComparison.Ordinal) && !passages[i].Contains("/delivery:", StringComparison.Ordinal))
                return false;
        }

        return true;
    }

    private static string AppOf(string point) => point[..point.IndexOf('/', StringComparison.Ordinal)];
}
