using System.Text.Json;
using System.Text.RegularExpressions;

namespace Architecture.Tests;

/// <summary>JetStream needs a stream for every topic before it is used: the list in components/ must know them all.</summary>
public sealed partial class StreamListTests
{
    [Fact]
    public void Every_topic_of_the_platform_has_a_stream()
    {
        using var list = JsonDocument.Parse(Repository.Read("components/streams.json"));
        var listed = list.RootElement.GetProperty("topics").EnumerateArray().Select(topic => topic.GetString()!).ToList();
        var services = Path.Combine(Repository.Root, "services");
        var topics = Directory.EnumerateDirectories(services, "*.Contracts", SearchOption.AllDirectories)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs"))
            .SelectMany(file => TopicConstant().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups[1].Value)
            .ToList();
        var deadLetters = SubscribingApps().Select(app => $"{app}-dead-letters");

        Assert.NotEmpty(topics);
        Assert.Equal(topics.Concat(deadLetters).Append("unkept-dead-letters").Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    /// <summary>App ids of dapr.yaml whose service has a folder of topics, or a file where it is written in TypeScript.</summary>
    private static IEnumerable<string> SubscribingApps() =>
        AppEntry().Matches(Repository.Read("dapr.yaml"))
            .Where(app => Path.Combine(Repository.Root, app.Groups[2].Value) is var folder
                && (Directory.Exists(Path.Combine(folder, "Topics")) || File.Exists(Path.Combine(folder, "src", "topics.ts"))))
            .Select(app => app.Groups[1].Value);

    [GeneratedRegex("const string Topic = \"([^\"]+)\"")]
    private static partial Regex TopicConstant();

    [GeneratedRegex(@"- appID: (\S+)\s+appDirPath: (\S+)")]
    private static partial Regex AppEntry();
}
