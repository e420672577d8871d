using System.Text.RegularExpressions;
using Deployment.Tests.Files;
using YamlDotNet.RepresentationModel;

namespace Deployment.Tests.Drift;

/// <summary>Holds the topics of the code against the lists and triggers that name topics: a broker without a topic loses events, a trigger on a wrong one never scales.</summary>
internal static partial class TopicComparison
{
    private const string StreamList = "components/streams.json";

    private static readonly string[] s_topicKeys = ["topic", "topicName", "stream"];
    private static readonly string[] s_consumerKeys = ["consumerGroup", "subscriptionName", "consumer"];

    public static IReadOnlyList<Difference> Find(Checkout checkout) => [.. Lists(checkout), .. Scripts(checkout), .. DeadLetters(checkout), .. Triggers(checkout), .. Declared(checkout)];

    /// <summary>JetStream needs a stream for every topic before it is used: the list has all of them, and no other.</summary>
    private static IEnumerable<Difference> Lists(Checkout checkout)
    {
        var topics = Subscriptions.Topics(checkout);
        // JSON is YAML, and so its lines are known.
        var listed = checkout.Documents(StreamList).Single().Items("topics").ToDictionary(topic => topic.Text()!, topic => topic.In(StreamList));
        foreach (var (topic, at) in topics.Where(topic => !listed.ContainsKey(topic.Key)))
        {
            yield return new Difference($"topic '{topic}' is not in the list of streams", at, new Place(StreamList, 0));
        }

        foreach (var (topic, at) in listed.Where(topic => !topics.ContainsKey(topic.Key)))
        {
            yield return new Difference($"nobody publishes or buries in '{topic}'", at, new Place("services", 0));
        }
    }

    /// <summary>A script that makes streams in a cluster makes those of the list.</summary>
    private static IEnumerable<Difference> Scripts(Checkout checkout)
    {
        var listed = checkout.Documents(StreamList).Single().Items("topics").ToDictionary(topic => topic.Text()!, topic => topic.In(StreamList));
        foreach (var file in checkout.Files("k8s", ".yaml"))
        {
            var text = checkout.Read(file);
            foreach (Match loop in TopicLoop().Matches(text))
            {
                var made = loop.Groups[1].Value.Split([' ', '\n', '\\'], StringSplitOptions.RemoveEmptyEntries);
                var at = new Place(file, Catalogue.LineOf(text, loop.Index));
                foreach (var topic in listed.Where(topic => !made.Contains(topic.Key)))
                    yield return new Difference($"no stream is made for topic '{topic.Key}'", at, topic.Value);
                foreach (var topic in made.Where(topic => !listed.ContainsKey(topic)))
                    yield return new Difference($"a stream is made for '{topic}', which is not in the list", at, new Place(StreamList, 0));
            }
        }
    }

    /// <summary>Somebody hears the dead letters of every app that subscribes.</summary>
    private static IEnumerable<Difference> DeadLetters(Checkout checkout)
    {
        var subscriptions = Subscriptions.InCode(checkout);
        var heard = subscriptions.Where(subscription => subscription.Topic.EndsWith("-dead-letters", StringComparison.Ordinal)).ToList();
        return from app in subscriptions.GroupBy(subscription => subscription.App)
               where heard.All(letters => letters.Topic != $"{app.Key}-dead-letters")
               select new Difference($"nobody hears the dead letters of '{app.Key}'", app.First().At, heard[0].At);
    }

    /// <summary>A ScaledObject of KEDA counts what waits for its own app.</summary>
    private static IEnumerable<Difference> Triggers(Checkout checkout)
    {
        var subscriptions = Subscriptions.InCode(checkout);
        foreach (var (file, scaled) in Resource.All(checkout, "k8s", "ScaledObject"))
        {
            var app = scaled.Text("spec", "scaleTargetRef", "name") ?? scaled.Text("metadata", "name");
            foreach (var metadata in scaled.Items("spec", "triggers").Select(trigger => trigger.At("metadata")).OfType<YamlMappingNode>())
            {
                foreach (var (topic, group, at) in Waiting(metadata, file))
                {
                    var heard = subscriptions.FirstOrDefault(subscription => subscription.App == app);
                    if (!subscriptions.Any(subscription => subscription.App == app && subscription.Topic == topic))
                    {
                        yield return new Difference($"ScaledObject '{app}' counts topic '{topic}', which the app does not subscribe to", at, heard?.At ?? new Place("services", 0));
                    }

                    if (group is not null && group != app)
                    {
                        yield return new Difference($"ScaledObject '{app}' counts what waits for '{group}'", at, scaled.At("metadata")!.In(file));
                    }
                }
            }
        }
    }

    /// <summary>The topics and consumer groups that a trigger's metadata names; Dapr's queue at RabbitMQ is called by both.</summary>
    private static IEnumerable<(string Topic, string? Group, Place At)> Waiting(YamlMappingNode metadata, string file)
    {
        var group = s_consumerKeys.Select(key => metadata.Text(key)).FirstOrDefault(text => text is not null);
        foreach (var topic in s_topicKeys.Select(key => metadata.At(key)).OfType<YamlScalarNode>())
        {
            yield return (topic.Value!, group, topic.In(file));
        }

        if (metadata.At("queueName") is YamlScalarNode queue && QueueName().Match(queue.Value!) is { Success: true } parts)
        {
            yield return (parts.Groups["topic"].Value, parts.Groups["app"].Value, queue.In(file));
        }
    }

    /// <summary>A Subscription resource names a topic that there is, and apps that there are.</summary>
    private static IEnumerable<Difference> Declared(Checkout checkout)
    {
        var topics = Subscriptions.Topics(checkout);
        return from folder in new[] { "components", "k8s" }
               from found in Resource.All(checkout, folder, "Subscription")
               let topic = found.Node.At("spec", "topic")
               where topic is not null && !topics.ContainsKey(topic.Text()!)
               select new Difference($"Subscription '{found.Node.Text("metadata", "name")}' names topic '{topic.Text()}', which nobody publishes", topic.In(found.File), new Place(StreamList, 0));
    }

    [GeneratedRegex(@"for topic in ([^;]+?)\bdo\b")]
    private static partial Regex TopicLoop();

    [GeneratedRegex("^(?<app>order-saga|[^-]+)-(?<topic>.+)$")]
    private static partial Regex QueueName();
}
