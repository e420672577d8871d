namespace Sidecar.Cli.Messages;

/// <summary>Which program shows the messages of a broker that is none of ours.</summary>
internal static class BrokerTools
{
    private static readonly Dictionary<string, string> s_tools = new(StringComparer.OrdinalIgnoreCase)
    {
        ["pubsub.redis"] = "redis-cli XINFO GROUPS <topic>   (pending and lag of each group; XPENDING <topic> <group>; XRANGE <dead-letter topic> - +)",
        ["pubsub.rabbitmq"] = "rabbitmqctl list_queues name messages_ready messages_unacknowledged   (a queue is <app id>-<topic>; rabbitmqadmin get queue=<app id>-<dead-letter topic>)",
        ["pubsub.jetstream"] = "nats consumer report <stream>   (nats stream view <stream of the dead-letter topic>)",
        ["pubsub.kafka"] = "kafka-consumer-groups.sh --bootstrap-server <broker> --describe --all-groups   (kafka-console-consumer.sh --topic <dead-letter topic> --from-beginning)",
        ["pubsub.in-memory"] = "none: what was not delivered is gone",
    };

    /// <summary>A line for one component.</summary>
    public static string For(OtherBroker broker) => $"{broker.Component} ({broker.Type}): {s_tools.GetValueOrDefault(broker.Type, "ask that broker's own tools")}";

    /// <summary>A line for every broker there is.</summary>
    public static IEnumerable<string> All => s_tools.Select(tool => $"{tool.Key}: {tool.Value}");
}
