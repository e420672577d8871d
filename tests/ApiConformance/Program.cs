using ApiConformance;

// Makes docs/conformance.md; with --page from what was recorded before, otherwise records the named suites (all without a name) first.
var root = RepositoryRoot.Find();
var folder = Path.Combine(root, "tests", "ApiConformance");
var suites = args.Where(arg => !arg.StartsWith('-')).ToList();
if (args.Any(arg => arg is not "--page" && arg.StartsWith('-')) || suites.Except(Recording.Suites).Any())
{
    Console.WriteLine($"./run conformance [--page] [SUITE …]   records the suites ({string.Join(", ", Recording.Suites)}; default: all, some minutes) and writes docs/conformance.md; --page only writes");
    return args.Any(arg => arg is "--help" or "-h") ? 0 : 2;
}

var methods = ApiList.Read(Path.Combine(folder, "api.yaml"));
var recorded = Path.Combine(folder, "tested.yaml");
var tested = TestedBy.Read(recorded);
try
{
    if (!args.Contains("--page"))
    {
        foreach (var suite in suites.Count > 0 ? suites : Recording.Suites)
        {
            Console.WriteLine(suite);
            try
            {
                await new Recording(root, methods).RunAsync(suite, tested);
            }
            finally
            {
                tested.Write(recorded);
            }
        }
    }

    await File.WriteAllTextAsync(Path.Combine(root, "docs", "conformance.md"), ConformancePage.Make(methods, await ServedApi.FindAsync(), tested));
    Console.WriteLine("written: docs/conformance.md");
    return 0;
}
catch (InvalidOperationException error)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}
