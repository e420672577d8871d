using System.Globalization;
using Sidecar.Runtime.Faults;

namespace Crash;

/// <summary>What came of a cell.</summary>
/// <param name="Cell">The cell.</param>
/// <param name="Problem">What is wrong; null for nothing.</param>
/// <param name="Struck">False when the order never came to the point again: on another day events cross in another order.</param>
internal sealed record Verdict(Cell Cell, string? Problem, bool Struck = true)
{
    public bool Passed => Problem is null && Struck;
}

/// <summary>The verdicts of a run, and the one table they make.</summary>
internal sealed class Verdicts
{
    private readonly List<Verdict> _all = [];
    private readonly List<string> _audits = [];

    public int Count => _all.Count;

    public int Passed => _all.Count(verdict => verdict.Passed);

    public int Failed => _all.Count(verdict => verdict.Problem is not null) + _audits.Count;

    public void Add(Verdict verdict)
    {
        lock (_all)
            _all.Add(verdict);
    }

    /// <summary>What an audit of a whole platform found that no single order showed.</summary>
    public void AddAudit(string problem) => _audits.Add(problem);

    /// <summary>The table, what failed, and how to see it again.</summary>
    public IEnumerable<string> Report(int seed)
    {
        foreach (var line in Table())
            yield return line;
        foreach (var failure in _all.Where(verdict => verdict.Problem is not null))
        {
            yield return $"FAILED {failure.Problem}";
            yield return $"  again: ./test --crash --seed {seed} --cell '{failure.Cell}'";
        }

        foreach (var audit in _audits)
            yield return $"FAILED audit: {audit}";
    }

    /// <summary>One row for a style and scenario, one column for a kind of fault: cells passed, and after a minus cells failed.</summary>
    private IEnumerable<string> Table()
    {
        var kinds = Enum.GetValues<FaultKind>().Where(kind => _all.Exists(verdict => verdict.Cell.Kind == kind)).ToList();
        var rows = _all.GroupBy(verdict => $"{Cell.Name(verdict.Cell.Style)} {verdict.Cell.Scenario.Name}").OrderByDescending(row => row.Key.Split(' ')[0]).ToList();
        yield return $"{"",-32}{string.Concat(kinds.Select(kind => $"{kind,12}"))}{"all",12}";
        foreach (var row in rows)
            yield return $"{row.Key,-32}{string.Concat(kinds.Select(kind => $"{Sum(row.Where(verdict => verdict.Cell.Kind == kind)),12}"))}{Sum(row),12}";
        yield return $"{"all",-32}{string.Concat(kinds.Select(kind => $"{Sum(_all.Where(verdict => verdict.Cell.Kind == kind)),12}"))}{Sum(_all),12}";
        var missed = _all.Count(verdict => verdict is { Struck: false, Problem: null });
        yield return string.Create(CultureInfo.InvariantCulture,
            $"{_all.Count} cells tried, {_all.Count(verdict => verdict.Passed)} passed, {Failed} failed{(missed > 0 ? $", {missed} did not come to their point again and are counted nowhere" : "")}");
    }

    private static string Sum(IEnumerable<Verdict> verdicts)
    {
        var all = verdicts.ToList();
        var (passed, failed) = (all.Count(verdict => verdict.Passed), all.Count(verdict => verdict.Problem is not null));
        return all.Count == 0 ? "." : failed == 0 ? $"{passed}" : $"{passed} -{failed}";
    }
}
