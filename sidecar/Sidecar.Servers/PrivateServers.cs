namespace Sidecar.Servers;

/// <summary>The servers that can be started here, by name.</summary>
public static class PrivateServers
{
    private static readonly Dictionary<string, Kind> s_kinds = new[] { KindOf<NatsServer>(), KindOf<RabbitMqServer>(), KindOf<RedisServer>() }.ToDictionary(kind => kind.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Every name.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. s_kinds.Keys.Order(StringComparer.Ordinal)];

    /// <summary>A server that is not started yet.</summary>
    /// <exception cref="ArgumentException">There is no server of this name; the message lists the names.</exception>
    public static PrivateServer Create(string name, string? folder = null, int? port = null) => Find(name).Create(folder, port);

    /// <summary>Why a server cannot be started on this machine, or null.</summary>
    /// <exception cref="ArgumentException">There is no server of this name; the message lists the names.</exception>
    public static string? Missing(string name) => Find(name).Missing();

    private static Kind Find(string name) => s_kinds.TryGetValue(name, out var kind)
        ? kind
        : throw new ArgumentException($"there is no private server '{name}'; there are: {string.Join(", ", Names)}", nameof(name));

    private static Kind KindOf<T>()
        where T : PrivateServer, INamedServer<T> => new(T.ServerName, () => T.Missing, T.Create);

    private sealed record Kind(string Name, Func<string?> Missing, Func<string?, int?, PrivateServer> Create);
}
