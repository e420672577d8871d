namespace Sidecar.Servers;

/// <summary>The servers that can be started here, by name.</summary>
public static class PrivateServers
{
    private static readonly Dictionary<string, Kind> s_kinds = new[]
    {
        KindOf<KafkaMockCluster>(),
        KindOf<NatsServer>(),
        KindOf<PostgreSqlServer>(),
        KindOf<RabbitMqServer>(),
        KindOf<RedisServer>(),
    }.ToDictionary(kind => kind.Name, StringComparer.OrdinalIgnoreCase);

    private static readonly Dictionary<string, string> s_byComponentType = new(StringComparer.OrdinalIgnoreCase)
    {
        ["configuration.postgresql"] = "postgresql",
        ["configuration.redis"] = "redis",
        ["lock.redis"] = "redis",
        ["pubsub.jetstream"] = "nats",
        ["pubsub.kafka"] = "kafka",
        ["pubsub.rabbitmq"] = "rabbitmq",
        ["pubsub.redis"] = "redis",
        ["state.postgresql"] = "postgresql",
        ["state.redis"] = "redis",
    };

    /// <summary>Every name.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. s_kinds.Keys.Order(StringComparer.Ordinal)];

    /// <summary>A server that is not started yet.</summary>
    /// <exception cref="ArgumentException">There is no server of this name; the message lists the names.</exception>
    public static PrivateServer Create(string name, string? folder = null, int? port = null) => Find(name).Create(folder, port);

    /// <summary>Why a server cannot be started on this machine, or null.</summary>
    /// <exception cref="ArgumentException">There is no server of this name; the message lists the names.</exception>
    public static string? Missing(string name) => Find(name).Missing();

    /// <summary>Name of the server that a Dapr component type, such as <c>pubsub.redis</c>, talks to; null when it needs none that is known here.</summary>
    public static string? ForComponent(string componentType) => s_byComponentType.GetValueOrDefault(componentType);

    private static Kind Find(string name) => s_kinds.TryGetValue(name, out var kind)
        ? kind
        : throw new ArgumentException($"there is no private server '{name}'; there are: {string.Join(", ", Names)}", nameof(name));

    private static Kind KindOf<T>()
        where T : PrivateServer, INamedServer<T> => new(T.ServerName, () => T.Missing, T.Create);

    private sealed record Kind(string Name, Func<string?> Missing, Func<string?, int?, PrivateServer> Create);
}
