using System.Text.RegularExpressions;
using Deployment.Tests.Files;

namespace Deployment.Tests.Drift;

/// <summary>An app hears of a topic.</summary>
internal sealed record Subscription(string App, string Topic, Place At);

/// <summary>The topics that the code publishes and subscribes to.</summary>
internal static partial class Subscriptions
{
    /// <summary>Where a dead letter goes that even its keeper could not take.</summary>
    public const string Unkept = "unkept-dead-letters";

    /// <summary>Topics that contracts declare, by the name of the class that does.</summary>
    public static IReadOnlyDictionary<string, (string Topic, Place At)> Published(Checkout checkout) =>
        (from file in checkout.Files("services", ".cs")
         where file.Contains(".Contracts/", StringComparison.Ordinal)
         let text = checkout.Read(file)
         from match in TopicConstant().Matches(text)
         let declaring = ClassName().Matches(text[..match.Index]).Last().Groups[1].Value
         select (declaring, match.Groups[1].Value, new Place(file, Catalogue.LineOf(text, match.Index))))
        .ToDictionary(topic => topic.declaring, topic => (topic.Value, topic.Item3));

    /// <summary>What the apps of dapr.yaml subscribe to by their code.</summary>
    public static IReadOnlyList<Subscription> InCode(Checkout checkout)
    {
        var published = Published(checkout);
        var subscriptions = new List<Subscription>();
        foreach (var app in RunFiles.Dapr(checkout).Apps)
        {
            subscriptions.AddRange(Catalogue.Find(checkout, app.Folder!, SubscribeTo()).Select(found => new Subscription(app.Id, published[found.Match.Groups[1].Value].Topic, found.At)));
            subscriptions.AddRange(Catalogue.Find(checkout, app.Folder!, TypeScriptTopic()).Select(found => new Subscription(app.Id, found.Match.Groups[1].Value, found.At)));
            subscriptions.AddRange(
                from found in Catalogue.Find(checkout, app.Folder!, DeadLetterServices())
                from name in Quoted().Matches(found.Match.Groups[1].Value)
                select new Subscription(app.Id, $"{name.Groups[1].Value}-dead-letters", found.At));
        }

        return subscriptions;
    }

    /// <summary>Every topic that has to exist: what is published, and the dead letters of every app that subscribes.</summary>
    public static IReadOnlyDictionary<string, Place> Topics(Checkout checkout)
    {
        var subscriptions = InCode(checkout);
        var topics = Published(checkout).Values.ToDictionary(topic => topic.Topic, topic => topic.At);
        foreach (var first in subscriptions.GroupBy(subscription => subscription.App).Select(app => app.First()))
        {
            topics.TryAdd($"{first.App}-dead-letters", first.At);
        }

        topics.TryAdd(Unkept, subscriptions.First(subscription => subscription.Topic.EndsWith("-dead-letters", StringComparison.Ordinal)).At);
        return topics;
    }

    [GeneratedRegex("const string Topic = \"([^\"]+)\"")]
    private static partial Regex TopicConstant();

    [GeneratedRegex(@"class (\w+)")]
    private static partial Regex ClassName();

    [GeneratedRegex(@"\.SubscribeTo\((\w+)\.Topic")]
    private static partial Regex SubscribeTo();

    [GeneratedRegex("const topic = \"([^\"]+)\"")]
    private static partial Regex TypeScriptTopic();

    [GeneratedRegex(@"string\[\] _services = \[([^\]]*)\]")]
    private static partial Regex DeadLetterServices();

    [GeneratedRegex("\"([^\"]+)\"")]
    private static partial Regex Quoted();
}
