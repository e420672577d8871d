using System.Buffers;
using System.Globalization;
using Sidecar.Components.Nats;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;
using Sidecar.Runtime.Resources.Loading;

namespace Sidecar.Components.JetStreamPubSub;

/// <summary>The metadata of <c>pubsub.jetstream</c>, as Dapr 1.18 decodes it; its error texts say more than Dapr's.</summary>
internal sealed record JetStreamOptions
{
    private static readonly SearchValues<char> s_notInNames = SearchValues.Create(" \t\r\n.*>/\\");
    private static readonly Dictionary<string, string> s_deliverPolicies = new(StringComparer.Ordinal)
    {
        [""] = "all",
        ["all"] = "all",
        ["last"] = "last",
        ["new"] = "new",
        ["sequence"] = "by_start_sequence",
        ["time"] = "by_start_time",
    };

    /// <summary>The server and who we are to it.</summary>
    public required NatsOptions Connection { get; init; }

    /// <summary>What API subjects begin with.</summary>
    public required string ApiPrefix { get; init; }

    /// <summary>The stream, or null to look for the one that takes the topic.</summary>
    public string? Stream { get; init; }

    /// <summary>Settings of every consumer; topic and deliver subject are added for each.</summary>
    public required ConsumerConfig Consumer { get; init; }

    /// <summary>How long a refused message rests; null when <c>ackWait</c> is not set: then it comes again at once, as in Dapr.</summary>
    public TimeSpan? NakDelay { get; init; }

    /// <summary>True when messages are handled at the same time; else one after the other.</summary>
    public bool Parallel { get; init; }

    /// <summary>Heartbeat interval of the consumer, or null.</summary>
    public TimeSpan? Heartbeat { get; init; }

    /// <summary>Shares connections: what names the same server in the same way.</summary>
    public required string ConnectionKey { get; init; }

    /// <exception cref="ComponentException">Metadata is missing or wrong.</exception>
    public static JetStreamOptions Read(Component component, string directory)
    {
        var ackWait = component.Duration(TimeSpan.Zero, "ackWait");
        var heartbeat = component.Duration(TimeSpan.Zero, "heartbeat");
        return new JetStreamOptions
        {
            Connection = JetStreamCredentials.Read(component, directory),
            ApiPrefix = PrefixOf(component),
            Stream = component.Text("streamName"),
            Consumer = new ConsumerConfig
            {
                Durable = ConsumerName(component),
                DeliverGroup = component.Text("queueGroupName"),
                DeliverPolicy = Policy(component),
                StartSequence = Number(component, "startSequence") is > 0 and var sequence ? (ulong)sequence : null,
                StartTime = Number(component, "startTime") is { } seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null,
                // Anything else is explicit, as in Dapr.
                AckPolicy = component.Text("ackPolicy") is "all" or "none" ? component.Text("ackPolicy")! : "explicit",
                AckWait = Nanoseconds(ackWait),
                MaxDeliver = Number(component, "maxDeliver", int.MaxValue) is not 0 and { } deliveries ? (int)deliveries : null,
                BackOff = BackOff(component),
                MaxAckPending = Number(component, "maxAckPending", int.MaxValue) is not 0 and { } pending ? (int)pending : null,
                Replicas = Number(component, "replicas", 5) is not 0 and { } replicas ? (int)replicas : null,
                MemoryStorage = component.Flag("memoryStorage") ? true : null,
                RateLimit = Number(component, "rateLimit") is > 0 and var bits ? (ulong)bits : null,
                FlowControl = component.Flag("flowControl") ? true : null,
                Heartbeat = Nanoseconds(heartbeat),
            },
            NakDelay = ackWait == TimeSpan.Zero ? null : ackWait,
            Heartbeat = heartbeat == TimeSpan.Zero ? null : heartbeat,
            Parallel = (component.Text("concurrencyMode") ?? component.Text("concurrency")) switch
            {
                null or "single" => false,
                "parallel" => true,
                var other => throw new ComponentException(component, "concurrency", $"is '{other}'; it can be single (one message after the other) or parallel"),
            },
            ConnectionKey = string.Join(
                '\n', component.Text("natsURL"), component.Text("name"), component.Text("token"), component.Text("tls_client_cert"), component.Text("tls_client_key"), directory),
        };
    }

    public static long? Nanoseconds(TimeSpan time) => time == TimeSpan.Zero ? null : (long)time.TotalMicroseconds * 1000;

    private static string PrefixOf(Component component)
    {
        // The prefix goes before the domain, as in the Go client.
        var prefix = component.Text("apiPrefix") ?? (component.Text("domain") is { } domain ? $"$JS.{domain}.API" : "$JS.API");
        return prefix.EndsWith('.') ? prefix : prefix + ".";
    }

    private static string? ConsumerName(Component component)
    {
        var name = component.Text("durableName");
        return name is null || !name.AsSpan().ContainsAny(s_notInNames)
            ? name
            : throw new ComponentException(component, "durableName", $"is '{name}'; a consumer's name has no white space and none of . * > / \\");
    }

    private static string Policy(Component component) =>
        s_deliverPolicies.TryGetValue(component.Text("deliverPolicy") ?? "", out var policy)
            ? policy
            : throw new ComponentException(component, "deliverPolicy", $"is '{component.Text("deliverPolicy")}'; it can be all, last, new, sequence or time");

    private static long? Number(Component component, string key, long most = long.MaxValue)
    {
        if (component.Text(key) is not { } text)
            return null;
        var least = most == int.MaxValue ? -1 : 0;
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new ComponentException(component, key, $"is '{text}', which is no whole number from {least} to {most}");
    }

    private static List<long>? BackOff(Component component)
    {
        if (component.Text("backOff") is not { } text)
            return null;
        return [.. text.Split(',', StringSplitOptions.TrimEntries).Select(pause => GoDuration.TryParse(pause, out var time) && time > TimeSpan.Zero
            ? Nanoseconds(time)!.Value
            : throw new ComponentException(component, "backOff", $"has '{pause}', which is no duration; write a list such as 500ms, 2s, 10s"))];
    }
}
