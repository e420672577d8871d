using Conformance;

namespace Platform.Tests.Runbooks;

/// <summary>A command of a page and the lines it prints there; <c>...</c> stands for lines that do not matter.</summary>
internal sealed record RunbookStep(string Command, IReadOnlyList<string> Prints);

/// <summary>What a page of <c>docs/runbooks</c> tells an operator to type: its <c>console</c> blocks, in order.</summary>
internal sealed class RunbookPage
{
    private RunbookPage(string text, IReadOnlyList<RunbookStep> steps) => (Text, Steps) = (text, steps);

    public string Text { get; }

    public IReadOnlyList<RunbookStep> Steps { get; }

    public static async Task<RunbookPage> ReadAsync(string name)
    {
        var lines = await File.ReadAllLinesAsync(Path.Combine(Checkout.Root, "docs", "runbooks", name));
        var steps = new List<(string Command, List<string> Prints)>();
        var inside = false;
        foreach (var line in lines)
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                inside = line == "```console";
            }
            else if (inside && line.StartsWith("$ ", StringComparison.Ordinal))
            {
                steps.Add((line[2..], []));
            }
            else if (inside && line.Length > 0)
            {
                steps[^1].Prints.Add(line);
            }
        }

        return new RunbookPage(string.Join('\n', lines), [.. steps.Select(step => new RunbookStep(step.Command, step.Prints))]);
    }
}
