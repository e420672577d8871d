using System.Security.Cryptography.X509Certificates;

namespace Sidecar.Components.Nats;

/// <summary>How a connection is made and kept.</summary>
internal sealed record NatsOptions
{
    /// <summary>Servers of one cluster, tried in turn.</summary>
    public required IReadOnlyList<NatsAddress> Servers { get; init; }

    /// <summary>Name of the connection, for the server's operators.</summary>
    public string Name { get; init; } = "";

    /// <summary>Token; one in the URL goes before it.</summary>
    public string? Token { get; init; }

    /// <summary>Certificate and key we show to a server that asks for one.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>Who may have signed the server's certificate; null for those the system trusts.</summary>
    public X509Certificate2Collection? TrustedRoots { get; init; }

    /// <summary>How long one try to connect may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a request waits for its answer, the wait for a lost connection included.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>First pause after a lost connection or a failed try; it doubles up to <see cref="LongestPause"/>.</summary>
    public TimeSpan ShortestPause { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Longest pause between tries.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Pause between pings; two without an answer mean that the connection is dead.</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The servers, for messages.</summary>
    public string Address => string.Join(", ", Servers);
}
