using System.Text;
using YamlDotNet.RepresentationModel;

namespace ApiConformance;

/// <summary>Who calls which method, as recorded and kept in tests/ApiConformance/tested.yaml: suite by suite, test classes or files of checks.</summary>
public sealed class TestedBy
{
    /// <summary>The suite on the official JavaScript SDK; the others are named as their projects.</summary>
    public const string JavaScript = "JavaScript";

    private readonly SortedDictionary<string, SortedDictionary<string, SortedSet<string>>> _methods = new(StringComparer.Ordinal);

    /// <summary>Reads the file; empty when there is none.</summary>
    public static TestedBy Read(string file)
    {
        var tested = new TestedBy();
        if (!File.Exists(file))
            return tested;
        var yaml = new YamlStream();
        using (var reader = new StreamReader(file))
            yaml.Load(reader);
        foreach (var (key, suites) in (YamlMappingNode)yaml.Documents[0].RootNode)
        {
            foreach (var (suite, callers) in (YamlMappingNode)suites)
            {
                foreach (var caller in (YamlSequenceNode)callers)
                    tested.Add($"{suite}", $"{caller}", [$"{key}"]);
            }
        }

        return tested;
    }

    /// <summary>Forgets what a suite called, before it is recorded anew.</summary>
    public void Forget(string suite)
    {
        foreach (var callers in _methods.Values)
            callers.Remove(suite);
    }

    /// <summary>Notes that a class or file of a suite called these methods.</summary>
    public void Add(string suite, string caller, IEnumerable<string> keys)
    {
        foreach (var key in keys)
        {
            if (!_methods.TryGetValue(key, out var suites))
                _methods[key] = suites = new(StringComparer.Ordinal);
            if (!suites.TryGetValue(suite, out var callers))
                suites[suite] = callers = new(StringComparer.Ordinal);
            callers.Add(caller);
        }
    }

    /// <summary>Classes of our own suites that call one of the keys; first those that call the least else, since they are about it.</summary>
    public IReadOnlyList<string> OurTests(IEnumerable<string> keys) =>
    [
        .. keys.SelectMany(key => _methods.GetValueOrDefault(key) ?? []).Where(suite => suite.Key != JavaScript).SelectMany(suite => suite.Value).Distinct()
            .OrderBy(Breadth).ThenBy(name => name, StringComparer.Ordinal),
    ];

    /// <summary>Files of the JavaScript suite that call one of the keys, sorted in the same way.</summary>
    public IReadOnlyList<string> JavaScriptFiles(IEnumerable<string> keys) =>
    [
        .. keys.SelectMany(key => _methods.GetValueOrDefault(key)?.GetValueOrDefault(JavaScript) ?? []).Distinct().OrderBy(Breadth).ThenBy(name => name, StringComparer.Ordinal),
    ];

    /// <summary>Writes the file.</summary>
    public void Write(string file)
    {
        var text = new StringBuilder("# Recorded by ./run conformance: who calls which method. Keys are those of api.yaml, without the names of parameters.\n");
        foreach (var (key, suites) in _methods.Where(method => method.Value.Count > 0))
        {
            text.Append(key).Append(":\n");
            foreach (var (suite, callers) in suites)
                text.Append("  ").Append(suite).Append(": [").AppendJoin(", ", callers).Append("]\n");
        }

        File.WriteAllText(file, text.ToString());
    }

    private int Breadth(string caller) => _methods.Values.Count(suites => suites.Values.Any(callers => callers.Contains(caller)));
}
