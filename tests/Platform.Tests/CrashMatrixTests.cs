using Crash;
using Sidecar.Runtime.Faults;
using Xunit.Abstractions;

namespace Platform.Tests;

/// <summary>
/// A slice of the crash matrix: some cells of every kind of fault, the same ones every time. All of it is <c>./test --crash</c>; the host is killed in <see cref="RestartTests"/> and <see cref="ChaosTests"/>.
/// </summary>
public sealed class CrashMatrixTests(ITestOutputHelper output)
{
    private static readonly string[] _scenarios = ["all-well", "capture-fails"];

    [Fact]
    public async Task Whatever_crashes_at_whatever_step_every_order_ends_properly_and_all_books_agree()
    {
        var options = new MatrixOptions
        {
            Seed = 1,
            Play = [.. Scenario.All.Where(scenario => _scenarios.Contains(scenario.Name))],
            Kinds = [.. Enum.GetValues<FaultKind>().Where(kind => kind != FaultKind.KillHost)],
            CellsOfEachKind = 2,
            Tries = 1,
        };

        var verdicts = await new MatrixRun(options, output.WriteLine).RunAsync();

        Assert.True(verdicts.Failed == 0, string.Join('\n', verdicts.Report(options.Seed)));
        Assert.True(verdicts.Passed >= 10, string.Join('\n', verdicts.Report(options.Seed)));
    }
}
