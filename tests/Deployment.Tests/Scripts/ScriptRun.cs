namespace Deployment.Tests.Scripts;

/// <summary>How a script ended, and what it called on the way.</summary>
/// <param name="ExitCode">0 for success.</param>
/// <param name="Output">What it told.</param>
/// <param name="Error">What it complained of.</param>
/// <param name="Calls">Every program that it called, with its arguments, in order.</param>
internal sealed record ScriptRun(int ExitCode, string Output, string Error, IReadOnlyList<string> Calls)
{
    /// <summary>The calls that say so, in order.</summary>
    public IEnumerable<string> CallsOf(string start) => Calls.Where(call => call.StartsWith(start, StringComparison.Ordinal));

    /// <summary>Something was called for each of these, in this order; other calls may come between.</summary>
    public void CalledInOrder(params string[] parts)
    {
        var at = 0;
        foreach (var part in parts)
        {
            var found = Enumerable.Range(at, Calls.Count - at).Where(i => Calls[i].Contains(part, StringComparison.Ordinal)).Select(i => i + 1).FirstOrDefault();
            Assert.True(found > 0, $"'{part}' was not called after call {at}. The calls:\n{string.Join('\n', Calls)}\n{Error}");
            at = found;
        }
    }
}
