using System.Text.RegularExpressions;
using Deployment.Tests.Files;

namespace Deployment.Tests.Drift;

/// <summary>The services as their code knows them: every folder under services/ and workflows/ that has a program.</summary>
internal static partial class Catalogue
{
    private static readonly string[] s_folders = ["services", "workflows"];

    public static AppList Apps(Checkout checkout) => new("the code", new Place("services", 0),
        [.. s_folders.SelectMany(folder => checkout.Files(folder, "/Program.cs").Concat(checkout.Files(folder, "/package.json"))).Select(program => Read(checkout, program))]);

    /// <summary>Files of an app's code.</summary>
    public static IEnumerable<string> Sources(Checkout checkout, string folder) => checkout.Files(folder, ".cs").Concat(checkout.Files(folder + "/src", ".ts"));

    /// <summary>Where an expression matches in the code of an app: the match, and its line.</summary>
    public static IEnumerable<(Match Match, Place At)> Find(Checkout checkout, string folder, Regex expression) =>
        from file in Sources(checkout, folder)
        let text = checkout.Read(file)
        from match in expression.Matches(text)
        select (match, new Place(file, LineOf(text, match.Index)));

    public static long LineOf(string text, int index) => text.AsSpan(0, index).Count('\n') + 1;

    private static AppEntry Read(Checkout checkout, string program)
    {
        var folder = program[..program.LastIndexOf('/')];
        var named = program.EndsWith(".json", StringComparison.Ordinal) ? PackageName() : ServiceName();
        var text = checkout.Read(program);
        var match = named.Match(text);
        // A simulator does not say its id: the outside world has none. By convention it is the folder's name.
        var entry = match.Success
            ? new AppEntry(match.Groups[1].Value, new Place(program, LineOf(text, match.Groups[1].Index)), folder)
            : new AppEntry(KebabCase(folder[(folder.LastIndexOf('/') + 1)..]), new Place(program, 1), folder);
        var port = Find(checkout, folder, DefaultPort()).FirstOrDefault();
        return port.Match is null ? entry : entry with { Port = (port.Match.Groups[1].Value, port.At) };
    }

    private static string KebabCase(string name) => Capital().Replace(name, match => (match.Index == 0 ? "" : "-") + match.Value.ToLowerInvariant());

    [GeneratedRegex("AddServiceDefaults\\(\"([^\"]+)\"")]
    private static partial Regex ServiceName();

    [GeneratedRegex("\"name\": *\"([^\"]+)\"")]
    private static partial Regex PackageName();

    [GeneratedRegex("APP_PORT(?:\"\\] \\?\\?| =) \"(\\d+)\"")]
    private static partial Regex DefaultPort();

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Capital();
}
