using Crash;
using Xunit.Abstractions;

namespace Platform.Tests;

/// <summary>A slice of the crash matrix: some cells of every kind of fault, the same ones every time. All of it is <c>./test --crash</c>.</summary>
public sealed class CrashMatrixTests(ITestOutputHelper output)
{
    private static readonly string[] _scenarios = ["all-well", "capture-fails", "returned"];

    [Fact]
    public async Task Whatever_crashes_at_whatever_step_every_order_ends_properly_and_all_books_agree()
    {
        var options = new MatrixOptions { Seed = 1, CellsOfEachKind = 3, Scenarios = [.. Scenario.All.Where(scenario => _scenarios.Contains(scenario.Name))] };

        var verdicts = await new MatrixRun(options, output.WriteLine).RunAsync();

        Assert.True(verdicts.Failed == 0, string.Join('\n', verdicts.Report(options.Seed)));
        Assert.True(verdicts.Passed >= 20, string.Join('\n', verdicts.Report(options.Seed)));
    }
}
