using System.Globalization;
using System.Text;

namespace ApiConformance;

/// <summary>docs/conformance.md, from the list, the served methods and the recorded tests.</summary>
public static class ConformancePage
{
    private const int ShownTests = 2;

    /// <summary>The whole page.</summary>
    public static string Make(IReadOnlyList<ApiMethod> methods, IReadOnlySet<string> served, TestedBy tested)
    {
        var page = new StringBuilder();
        page.Append("""
            # Conformance

            Every method of Dapr 1.18's API, over HTTP and gRPC, and what the sidecar asks of its app. `./run conformance` makes this page: the methods and differences from
            [api.yaml](../tests/ApiConformance/api.yaml), what is served from a running sidecar's routes, who tests it from the calls recorded while the suites ran
            (`./run conformance --page` writes the page without running them again). A test fails when one of the three no longer agrees with this page.

            - **Served**: the sidecar has the method; for what it asks of its app: a test saw it ask.
            - **Our tests**: test classes that call it, those first that call little else. **JavaScript SDK**: files of `tests/Sidecar.Cli.Tests/js`, on the official SDK and gRPC library.
            - **Differs from daprd**: beyond what holds for all: [known differences](status.md#known-differences-from-daprd).


            """);
        AppendSummary(page, methods, served, tested);
        foreach (var block in methods.GroupBy(method => method.Block))
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## {block.Key}\n\n| method | level | served | our tests | JavaScript SDK | differs from daprd |\n|---|---|---|---|---|---|\n");
            foreach (var method in block)
                AppendRow(page, method, served, tested);
        }

        return page.ToString().ReplaceLineEndings("\n");
    }

    /// <summary>Which of a method's keys are there: all, some or none.</summary>
    public static string Served(ApiMethod method, IReadOnlySet<string> served, TestedBy tested)
    {
        var there = method.Keys.Count(key => method.Transport == Transport.App ? tested.OurTests([key]).Count + tested.JavaScriptFiles([key]).Count > 0 : served.Contains(key));
        return there == method.Keys.Count ? "yes" : there == 0 ? "no" : "partly";
    }

    private static void AppendSummary(StringBuilder page, IReadOnlyList<ApiMethod> methods, IReadOnlySet<string> served, TestedBy tested)
    {
        page.Append("| level | methods | served | called by our tests | by the JavaScript SDK |\n|---|---|---|---|---|\n");
        foreach (var level in ApiList.Levels)
        {
            var of = methods.Where(method => method.Level == level).ToList();
            page.Append(
                CultureInfo.InvariantCulture,
                $"| {level} | {of.Count} | {of.Count(method => Served(method, served, tested) == "yes")} | {of.Count(method => tested.OurTests(method.Keys).Count > 0)} | {of.Count(method => tested.JavaScriptFiles(method.Keys).Count > 0)} |\n");
        }
    }

    private static void AppendRow(StringBuilder page, ApiMethod method, IReadOnlySet<string> served, TestedBy tested)
    {
        page.Append("| `").Append(method.Text.Replace("|", "\\|", StringComparison.Ordinal)).Append("` | ").Append(method.Level).Append(" | ").Append(Served(method, served, tested)).Append(" | ");
        AppendCallers(page, tested.OurTests(method.Keys));
        page.Append(" | ");
        AppendCallers(page, tested.JavaScriptFiles(method.Keys));
        page.Append(" | ").Append(method.Missing ?? method.Differs ?? "").Append(" |\n");
    }

    private static void AppendCallers(StringBuilder page, IReadOnlyList<string> callers)
    {
        page.AppendJoin(", ", callers.Take(ShownTests));
        if (callers.Count > ShownTests)
            page.Append(CultureInfo.InvariantCulture, $" and {callers.Count - ShownTests} more");
    }
}
