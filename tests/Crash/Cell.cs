using System.Globalization;
using Ordering.Contracts;
using Sidecar.Runtime.Faults;

namespace Crash;

/// <summary>One square of the matrix: a scenario in a style, struck by a fault at the n-th passage of a point.</summary>
internal sealed record Cell(CoordinationStyle Style, Scenario Scenario, string Point, int Passage, FaultKind Kind)
{
    /// <summary>How far into the scenario the point lies: what is struck together should come together.</summary>
    public int Depth { get; init; }

    /// <summary>Its kill waits for others: one kill serves many cells.</summary>
    public bool Kills => Kind is FaultKind.KillApp or FaultKind.KillCallee or FaultKind.KillHost;

    /// <summary>The cell as <c>--cell</c> takes it: <c>choreographed/all-well/KillApp@payments/state.transaction/after#2</c>.</summary>
    public override string ToString() => $"{Name(Style)}/{Scenario.Name}/{Kind}@{Point}#{Passage.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>The fault of this cell for one order.</summary>
    public Fault FaultFor(string orderId, string id, string? group) => new(Point, orderId, Kind)
    {
        Id = id,
        Passage = Passage,
        Times = FaultTable.TimesOf(Kind, Point),
        Milliseconds = FaultTable.MillisecondsOf(Kind),
        Group = Kills ? group : null,
    };

    /// <exception cref="FormatException">The text names no cell.</exception>
    public static Cell Parse(string text)
    {
        var (head, point) = Split(text, '@');
        var (where, number) = Split(point, '#');
        return head.Split('/') is [var style, var scenario, var kind]
            ? new Cell(
                ParseStyle(style),
                Scenario.All.FirstOrDefault(known => known.Name == scenario) ?? throw new FormatException($"there is no scenario '{scenario}'; there are {string.Join(", ", Scenario.All.Select(known => known.Name))}"),
                where,
                int.Parse(number, CultureInfo.InvariantCulture),
                Enum.Parse<FaultKind>(kind))
            : throw new FormatException($"'{text}' is no cell: style/scenario/fault@point#passage");
    }

    public static string Name(CoordinationStyle style) => style == CoordinationStyle.Orchestrated ? "orchestrated" : "choreographed";

    private static CoordinationStyle ParseStyle(string name) => name switch
    {
        "orchestrated" => CoordinationStyle.Orchestrated,
        "choreographed" => CoordinationStyle.Choreographed,
        _ => throw new FormatException($"'{name}' is no style: orchestrated or choreographed"),
    };

    private static (string Left, string Right) Split(string text, char separator)
    {
        var at = text.LastIndexOf(separator);
        return at > 0 ? (text[..at], text[(at + 1)..]) : throw new FormatException($"'{text}' is no cell: it has no '{separator}'");
    }
}
