namespace Bench;

/// <summary>A group of figures that is run by name.</summary>
/// <param name="Name">Name on the command line.</param>
/// <param name="Description">What is compared with what.</param>
/// <param name="RunAsync">Measures and reports.</param>
internal sealed record Scenario(string Name, string Description, Func<Report, Task> RunAsync)
{
    /// <summary>Not part of a run without names: it takes minutes and needs programs that not every machine has.</summary>
    public bool ByNameOnly { get; init; }
}
