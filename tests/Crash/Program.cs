using System.CommandLine;
using System.Diagnostics;
using Crash;

var seed = new Option<int>("--seed") { Description = "Shuffles the cells, and chooses among them", DefaultValueFactory = _ => 1 };
var cells = new Option<int?>("--cells") { Description = "How many cells (default: all)" };
var scenarios = new Option<int>("--scenarios") { Description = "In how many scenarios the same fault strikes the same passage; 14 for every one (more than an hour)", DefaultValueFactory = _ => 3 };
var only = new Option<string?>("--only") { Description = "Only cells whose text contains this, such as KillHost or payments/" };
var cell = new Option<string[]>("--cell") { Description = "One cell, as a failing run prints it; may be given several times" };
var command = new RootCommand("./test --crash: strikes every fault point of every scenario with every fault that makes sense there, on real processes, and checks the books from outside.")
{
    seed, cells, scenarios, only, cell,
};
command.SetAction(async (given, stop) =>
{
    var startedAt = Stopwatch.GetTimestamp();
    var options = new MatrixOptions
    {
        Seed = given.GetValue(seed),
        Cells = given.GetValue(cells),
        Scenarios = given.GetValue(scenarios),
        Only = given.GetValue(only),
        Exactly = [.. (given.GetValue(cell) ?? []).Select(Cell.Parse)],
    };
    var verdicts = await new MatrixRun(options, Console.WriteLine).RunAsync(stop);
    Console.WriteLine();
    foreach (var line in verdicts.Report(options.Seed))
        Console.WriteLine(line);
    Console.WriteLine($"in {Stopwatch.GetElapsedTime(startedAt):m\\:ss}, seed {options.Seed}");
    return verdicts.Failed == 0 && verdicts.Count > 0 ? 0 : 1;
});
// After Ctrl-C the platform is stopped before the process ends.
return await command.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
