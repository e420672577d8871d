using System.Diagnostics;
using System.Globalization;
using Ordering.Contracts;
using Sidecar.Runtime.Faults;

namespace Crash;

/// <summary>What a run of the matrix is asked for.</summary>
internal sealed record MatrixOptions
{
    /// <summary>Shuffles the cells, and chooses among them when fewer are asked for.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>How many cells; null for all.</summary>
    public int? Cells { get; init; }

    /// <summary>How many cells of each kind of fault; null for no such limit.</summary>
    public int? CellsOfEachKind { get; init; }

    /// <summary>
    /// In how many scenarios of a style the same fault strikes the same passage of the same point. Most scenarios begin alike; which of them are taken is the seed's choice, so that another seed takes others.
    /// </summary>
    public int Scenarios { get; init; } = 3;

    /// <summary>Kinds of fault; empty for all.</summary>
    public IReadOnlyList<FaultKind> Kinds { get; init; } = [];

    /// <summary>Cells whose text contains this.</summary>
    public string? Only { get; init; }

    /// <summary>Scenarios to play; empty for all.</summary>
    public IReadOnlyList<Scenario> Play { get; init; } = [];

    /// <summary>How often an order is sent to a point that it may miss: on another day events cross in another order.</summary>
    public int Tries { get; init; } = 3;

    /// <summary>Exactly these cells.</summary>
    public IReadOnlyList<Cell> Exactly { get; init; } = [];
}

/// <summary>Records, plans, strikes and judges.</summary>
internal sealed class MatrixRun(MatrixOptions options, Action<string> tell)
{
    private const int KillsInAWave = 110;

    /// <summary>What missed its point once is hard to gather: fewer at once, but from all waves together.</summary>
    private const int KillsInALateWave = 60;

    /// <summary>Where nothing is killed a wave is only what is armed at once; the longer it is, the less its slow end matters.</summary>
    private const int CellsInAWave = 500;

    /// <summary>Orders after which a platform is audited and left for a fresh one: what grows with it must not slow the rest down.</summary>
    private const int OrdersOnOneStage = 1_500;

    private readonly long _startedAt = Stopwatch.GetTimestamp();
    private Stage? _stage;
    private int _orders;
    private int _planned;
    private int _waves;

    /// <exception cref="OperationCanceledException">It was stopped; the platform is gone too.</exception>
    public async Task<Verdicts> RunAsync(CancellationToken stop = default)
    {
        var verdicts = new Verdicts();
        try
        {
            var cells = options.Exactly.Count > 0 ? options.Exactly : Choose(await RecordAsync());
            _planned = cells.Count;
            Tell($"{_planned} cells to strike");
            for (var @try = 1; cells.Count > 0; @try++)
            {
                var missed = new List<Cell>();
                foreach (var wave in Plan(cells, @try == 1 ? KillsInAWave : KillsInALateWave))
                    missed.AddRange(await StrikeAsync(wave, @try, verdicts).WaitAsync(stop));
                cells = missed;
            }

            await CloseStageAsync(verdicts);
            return verdicts;
        }
        finally
        {
            if (_stage is not null)
                await _stage.DisposeAsync();
        }
    }

    private async Task<IReadOnlyList<Cell>> RecordAsync()
    {
        var scenarios = options.Play.Count > 0 ? options.Play : Scenario.All;
        var rows = scenarios.SelectMany(scenario => Enum.GetValues<CoordinationStyle>().Select(style => (style, scenario))).ToList();
        var cells = await Recording.MakeAsync(await StageAsync(), rows);
        Tell($"{rows.Count} rows recorded: {cells.Select(cell => cell.Point).Distinct().Count()} points, {cells.Count} cells ({string.Join(", ", cells.CountBy(cell => cell.Kind).OrderBy(kind => kind.Key).Select(kind => $"{kind.Value} {kind.Key}"))})");
        return cells;
    }

    private List<Cell> Choose(IReadOnlyList<Cell> cells)
    {
        var chosen = cells
            .Where(cell => options.Only is null || cell.ToString().Contains(options.Only, StringComparison.OrdinalIgnoreCase))
            .Where(cell => options.Kinds.Count == 0 || options.Kinds.Contains(cell.Kind))
            .ToArray();
        new Random(options.Seed).Shuffle(chosen);
        chosen = [.. chosen.GroupBy(cell => (cell.Style, cell.Point, cell.Passage, cell.Kind)).SelectMany(same => same.Take(options.Scenarios))];
        if (options.CellsOfEachKind is { } each)
            chosen = [.. chosen.GroupBy(cell => cell.Kind).SelectMany(kind => kind.Take(each))];
        new Random(options.Seed).Shuffle(chosen);
        return [.. chosen.Take(options.Cells ?? chosen.Length)];
    }

    /// <summary>What kills the host, what kills apps and what kills nothing go apart; among kills, cells of like depth go together.</summary>
    private static IEnumerable<IReadOnlyList<Cell>> Plan(IReadOnlyList<Cell> cells, int killsInAWave) => cells
        .GroupBy(cell => cell.Kind == FaultKind.KillHost ? 2 : cell.Kills ? 1 : 0)
        .OrderBy(group => group.Key)
        .SelectMany(group => group.Key == 0 ? group.Chunk(CellsInAWave) : group.OrderBy(cell => cell.Depth).Chunk(killsInAWave));

    private async Task<IReadOnlyList<Cell>> StrikeAsync(IReadOnlyList<Cell> cells, int @try, Verdicts verdicts)
    {
        if (_orders + cells.Count > OrdersOnOneStage)
            await CloseStageAsync(verdicts);
        var stage = await StageAsync();
        _orders += cells.Count;
        var judged = await new Wave(stage, cells, $"wave-{++_waves}").RunAsync();
        var missed = judged.Where(verdict => verdict is { Struck: false, Problem: null } && @try < options.Tries).Select(verdict => verdict.Cell).ToList();
        foreach (var verdict in judged.Where(verdict => !missed.Contains(verdict.Cell)))
        {
            verdicts.Add(verdict);
            if (verdict.Problem is not null)
                Tell($"FAILED {verdict.Cell}: {verdict.Problem}");
        }

        Tell($"{verdicts.Count} of {_planned} cells, {verdicts.Failed} failed; last: {cells.Count} x {string.Join(", ", cells.Select(cell => cell.Kind).Distinct().Order())}{(missed.Count > 0 ? $", {missed.Count} to be tried again" : "")}");
        return missed;
    }

    private async Task<Stage> StageAsync() => _stage ??= await Stage.OpenAsync();

    /// <summary>The platform's own audit over everything that happened on it.</summary>
    private async Task CloseStageAsync(Verdicts verdicts)
    {
        if (_stage is null)
            return;
        var audit = await _stage.AuditAsync();
        if (audit is not null)
        {
            verdicts.AddAudit(audit);
            Tell($"FAILED audit: {audit}");
        }

        await _stage.DisposeAsync();
        (_stage, _orders) = (null, 0);
    }

    private void Tell(string what) => tell(string.Create(CultureInfo.InvariantCulture, $"[{Stopwatch.GetElapsedTime(_startedAt):m\\:ss}] {what}"));
}
