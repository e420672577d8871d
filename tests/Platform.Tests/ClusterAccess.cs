using Conformance;

namespace Platform.Tests;

/// <summary>Access control as in a cluster: every app of <c>dapr.yaml</c> gets the rules of its Configuration under <c>k8s/base</c>.</summary>
internal static class ClusterAccess
{
    private const string App = "- appID: ";

    /// <summary>The run file with a Configuration for each app that has rules.</summary>
    /// <param name="configuration">What every Configuration says besides; the new ones are written beside this file.</param>
    public static string RunFile(string configuration) => string.Concat(
        File.ReadLines(Path.Combine(Checkout.Root, "dapr.yaml")).Select(line => line.StartsWith(App, StringComparison.Ordinal) ? Own(line, configuration) : line + '\n'));

    private static string Own(string line, string configuration)
    {
        var appId = line[App.Length..];
        var rules = Path.Combine(Checkout.Root, "k8s", "base", appId, "configuration.yaml");
        if (!File.Exists(rules))
        {
            return line + '\n';
        }

        var file = Path.Combine(Path.GetDirectoryName(configuration)!, $"{appId}.yaml");
        var control = File.ReadLines(rules).SkipWhile(text => text != "  accessControl:").Select(text => text.Replace("namespace: orders", "namespace: default", StringComparison.Ordinal));
        File.WriteAllText(file, File.ReadAllText(configuration) + string.Join('\n', control) + '\n');
        return $"{line}\n  configFilePath: '{file}'\n";
    }
}
