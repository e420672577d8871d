using Sidecar.Runtime.Faults;

namespace Crash;

/// <summary>Which fault makes sense at which point, and how hard it strikes.</summary>
internal static class FaultTable
{
    /// <summary>The faults of a point, by its name and side.</summary>
    /// <param name="point">Its name.</param>
    /// <param name="passage">The how-manieth passage of the same key it is: what comes again and again is delayed only once.</param>
    /// <param name="idle">Nothing happens there: it is shown only that repeating nothing does nothing.</param>
    public static IReadOnlyList<FaultKind> For(string point, int passage, bool idle)
    {
        var what = point[(point.IndexOf('/', StringComparison.Ordinal) + 1)..];
        var side = what[(what.LastIndexOf('/') + 1)..];
        var room = what.Split(':', '/')[0];
        IReadOnlyList<FaultKind> kinds = (room, side) switch
        {
            ("delivery", "before") when idle => [],
            ("delivery", "after") when idle => [FaultKind.LoseAnswer],
            ("state.transaction" or "workflow.transaction", "before") => [FaultKind.KillApp, FaultKind.DiskFull, FaultKind.Conflict, FaultKind.Delay],
            ("state.save" or "state.delete" or "workflow.save" or "jobs.save" or "jobs.delete", "before") => [FaultKind.KillApp, FaultKind.DiskFull],
            ("publish", "before") => [FaultKind.KillApp, FaultKind.Fail, FaultKind.Delay],
            ("delivery", "before") => [FaultKind.KillApp, FaultKind.Twice, FaultKind.Late, FaultKind.Fail, FaultKind.Delay],
            ("invoke", "before") => [FaultKind.KillCallee, FaultKind.Fail, FaultKind.Delay],
            ("job", "before") => [FaultKind.KillApp, FaultKind.Fail, FaultKind.Delay],
            ("activity" or "workflow.turn", "before") => [FaultKind.Twice],
            ("activity" or "workflow.turn", "answered") => [FaultKind.KillApp, FaultKind.KillHost, FaultKind.Fail, FaultKind.Delay],
            ("activity" or "workflow.turn", "after") => [FaultKind.LoseAnswer],
            ("invoke", "after") => [FaultKind.KillApp, FaultKind.KillCallee, FaultKind.KillHost, FaultKind.LoseAnswer],
            (_, "before") => [FaultKind.KillApp, FaultKind.Fail],
            (_, "after") => [FaultKind.KillApp, FaultKind.KillHost, FaultKind.LoseAnswer],
            _ => [],
        };
        return passage == 1 ? kinds : [.. kinds.Where(kind => kind != FaultKind.Delay)];
    }

    /// <summary>Refusals in a row: more than the sidecar repeats a publish by itself, and more than a unit of work tries at once.</summary>
    public static int TimesOf(FaultKind kind, string point) => kind switch
    {
        FaultKind.Fail when point.Contains("/publish:", StringComparison.Ordinal) => 7,
        FaultKind.Fail or FaultKind.DiskFull => 3,
        FaultKind.Conflict => 5,
        _ => 1,
    };

    public static int MillisecondsOf(FaultKind kind) => kind switch
    {
        FaultKind.Delay => 700,
        FaultKind.Late => 1_500,
        _ => 0,
    };
}
