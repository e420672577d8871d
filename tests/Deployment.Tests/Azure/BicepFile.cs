using System.Text.RegularExpressions;
using Deployment.Tests.Files;

namespace Deployment.Tests.Azure;

/// <summary>A Bicep file as a reader sees it without a compiler: its declarations by name, and where names are used.</summary>
internal sealed partial class BicepFile
{
    private readonly string _code;

    private BicepFile(string path, string text)
    {
        Path = path;
        _code = Comment().Replace(text, "");
        Parameters = [.. Parameter().Matches(_code).Select(match => new BicepParameter(match.Groups["name"].Value, match.Groups["default"].Success))];
        Variables = [.. Variable().Matches(_code).Select(match => match.Groups["name"].Value)];
        Outputs = [.. Output().Matches(_code).Select(match => match.Groups["name"].Value)];
        Modules = [.. Module().Matches(_code).Select(match => new BicepModule(
            match.Groups["name"].Value,
            match.Groups["file"].Value,
            match.Groups["condition"].Value,
            Given().Matches(match.Groups["params"].Value).ToDictionary(given => given.Groups["name"].Value, given => given.Groups["value"].Value.Trim())))];
        ResourceTypes = [.. Resource().Matches(_code).Select(match => match.Groups["type"].Value)];
    }

    public string Path { get; }

    public IReadOnlyList<BicepParameter> Parameters { get; }

    public IReadOnlyList<string> Variables { get; }

    public IReadOnlyList<string> Outputs { get; }

    public IReadOnlyList<BicepModule> Modules { get; }

    /// <summary>Types with their API versions.</summary>
    public IReadOnlyList<string> ResourceTypes { get; }

    /// <summary>Values of <c>var name = 'guid'</c>: ids of roles.</summary>
    public IReadOnlyDictionary<string, string> Guids => GuidVariable().Matches(_code).ToDictionary(match => match.Groups["name"].Value, match => match.Groups["guid"].Value);

    /// <summary>Every <c>module.outputs.name</c>.</summary>
    public IEnumerable<(string Module, string Output)> OutputsUsed => OutputUse().Matches(_code).Select(match => (match.Groups["module"].Value, match.Groups["output"].Value));

    public static BicepFile Read(string path) => new(path, Checkout.Here.Read(path));

    /// <summary>How often a name stands in the code, its declaration included.</summary>
    public int Uses(string name) => Regex.Count(_code, $@"(?<![\w.'-]){Regex.Escape(name)}(?!['\w-])");

    public bool Says(string text) => _code.Contains(text, StringComparison.Ordinal);

    /// <summary>The items of <c>param name array = [ 'a' 'b' ]</c>.</summary>
    public IReadOnlyList<string> Default(string parameter)
    {
        var list = Regex.Match(_code, $@"^param {parameter} array = \[(?<items>[^\]]*)\]", RegexOptions.Multiline);
        return [.. Quoted().Matches(list.Groups["items"].Value).Select(match => match.Groups["text"].Value)];
    }

    /// <summary>The first bracket that nothing closes, or closes what nothing opened; null where all match.</summary>
    public string? Unbalanced()
    {
        var open = new Stack<char>();
        foreach (var c in Quoted().Replace(_code, "''"))
        {
            if (c is '{' or '[' or '(')
            {
                open.Push(c);
            }
            else if (c is '}' or ']' or ')' && (!open.TryPop(out var last) || (last, c) is not (('{', '}') or ('[', ']') or ('(', ')'))))
            {
                return $"'{c}'";
            }
        }

        return open.Count > 0 ? $"'{open.Peek()}'" : null;
    }

    [GeneratedRegex(@"(?<!:)//.*$", RegexOptions.Multiline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"^param (?<name>\w+) \w+(?<default> =)?", RegexOptions.Multiline)]
    private static partial Regex Parameter();

    [GeneratedRegex(@"^var (?<name>\w+) =", RegexOptions.Multiline)]
    private static partial Regex Variable();

    [GeneratedRegex(@"^output (?<name>\w+) ", RegexOptions.Multiline)]
    private static partial Regex Output();

    [GeneratedRegex(@"^module (?<name>\w+) '(?<file>[^']+)' = (if \((?<condition>[^)]*)\) )?\{\n.*?^  params: \{\n(?<params>.*?)^  \}", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Module();

    [GeneratedRegex(@"^    (?<name>\w+): (?<value>.*)$", RegexOptions.Multiline)]
    private static partial Regex Given();

    [GeneratedRegex(@"resource \w+ '(?<type>[A-Za-z.]+/[^']+)'")]
    private static partial Regex Resource();

    [GeneratedRegex(@"^var (?<name>\w+) = '(?<guid>[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})'", RegexOptions.Multiline)]
    private static partial Regex GuidVariable();

    [GeneratedRegex(@"(?<module>\w+)\.outputs\.(?<output>\w+)")]
    private static partial Regex OutputUse();

    [GeneratedRegex(@"'(?<text>[^'\n]*)'")]
    private static partial Regex Quoted();
}

/// <summary>A parameter; one without a default has to be given.</summary>
internal sealed record BicepParameter(string Name, bool HasDefault);

/// <summary>A module's use: what it is called, its file, when it is deployed, what it is given.</summary>
internal sealed record BicepModule(string Name, string File, string Condition, IReadOnlyDictionary<string, string> Given);
