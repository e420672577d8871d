using Conformance;
using Sidecar.Runtime.PubSub;
using Sidecar.Servers;

namespace Components.Tests.Kafka;

/// <summary>Makes Kafka components for tests: on the shared mock cluster, or on the real one that <c>KAFKA_BROKERS</c> names.</summary>
public sealed class KafkaPlace : IAsyncLifetime
{
    private readonly SharedServer<KafkaMockCluster> _server = new();
    private readonly ComponentPlace _place = new();

    /// <summary>A real cluster to test against.</summary>
    public static string? RealBrokers { get; } = Environment.GetEnvironmentVariable("KAFKA_BROKERS") is { Length: > 0 } brokers ? brokers : null;

    /// <summary>Where the brokers are.</summary>
    public string Brokers => RealBrokers ?? _server.Server.Address;

    public async Task InitializeAsync()
    {
        if (RealBrokers is null)
            await _server.InitializeAsync();
    }

    public async Task DisposeAsync()
    {
        await _place.DisposeAsync();
        if (RealBrokers is null)
            await _server.DisposeAsync();
    }

    /// <summary>A component as a sidecar would make it; groups begin at the oldest message, and a failed one comes again at once.</summary>
    public Task<IPubSub> OpenAsync(string group, Dictionary<string, string>? more = null)
    {
        var metadata = new Dictionary<string, string>
        {
            ["brokers"] = Brokers,
            ["authType"] = "none",
            ["initialOffset"] = "oldest",
            ["consumerGroup"] = group,
            ["backOffDuration"] = "50ms",
            // The mock lets a group stand still this long when a member has left.
            ["sessionTimeout"] = "4s",
            ["heartbeatInterval"] = "500ms",
        };
        foreach (var (key, value) in more ?? [])
        {
            metadata[key] = value;
        }

        return _place.MakeAsync<IPubSub>("pubsub.kafka", metadata);
    }
}
