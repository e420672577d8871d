using System.Globalization;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;
using Sidecar.Runtime.Resources.Loading;

namespace Sidecar.Components.Redis;

/// <summary>How a Redis server is reached; names and defaults are those that all Redis components of Dapr share.</summary>
internal sealed record RedisOptions
{
    private const int UsualPort = 6379;

    /// <summary>Keys of Dapr's connection pool. One connection takes all commands here, so they are checked and have no effect.</summary>
    private static readonly string[] s_poolNumbers = ["poolSize", "minIdleConns"];

    private static readonly string[] s_poolDurations = ["poolTimeout", "maxConnAge", "idleCheckFrequency", "idleTimeout"];

    /// <summary>Keys that ask for a kind of server or of login which is not done here: better refused than ignored.</summary>
    private static readonly (string Key, string Problem)[] s_refusedFlags =
    [
        ("failover", "asks for Redis Sentinel, which this sidecar does not speak; set it to false and name the primary in redisHost"),
        ("useEntraID", "asks for Microsoft Entra ID, which this sidecar does not speak; use redisUsername and redisPassword"),
        ("useAzureAD", "asks for Microsoft Entra ID, which this sidecar does not speak; use redisUsername and redisPassword"),
        ("useOIDC", "asks for an OAuth2 login, which this sidecar does not speak; use redisUsername and redisPassword"),
    ];

    /// <summary><c>redisHost</c>, the name or address alone.</summary>
    public required string Host { get; init; }

    /// <summary>Port in <c>redisHost</c>, else <c>redisPort</c>, else 6379.</summary>
    public int Port { get; init; } = UsualPort;

    /// <summary><c>redisUsername</c>.</summary>
    public string? Username { get; init; }

    /// <summary><c>redisPassword</c>.</summary>
    public string? Password { get; init; }

    /// <summary><c>redisDB</c>.</summary>
    public int Database { get; init; }

    /// <summary><c>enableTLS</c>.</summary>
    public bool Tls { get; init; }

    /// <summary><c>insecureSkipTLSVerify</c>.</summary>
    public bool TrustsAnyServer { get; init; }

    /// <summary><c>clientCert</c>: PEM.</summary>
    public string? ClientCertificate { get; init; }

    /// <summary><c>clientKey</c>: PEM.</summary>
    public string? ClientKey { get; init; }

    /// <summary><c>redisMaxRetries</c>: how often a command is sent again when its connection was lost; -1 in the file means never.</summary>
    public int MaxRetries { get; init; } = 3;

    /// <summary><c>redisMinRetryInterval</c>.</summary>
    public TimeSpan MinRetryInterval { get; init; } = TimeSpan.FromMilliseconds(8);

    /// <summary><c>redisMaxRetryInterval</c>.</summary>
    public TimeSpan MaxRetryInterval { get; init; } = TimeSpan.FromMilliseconds(512);

    /// <summary><c>dialTimeout</c>: how long a command waits for a connection.</summary>
    public TimeSpan DialTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary><c>readTimeout</c>: how long a reply may take; zero for no limit.</summary>
    public TimeSpan ReadTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary><c>writeTimeout</c>: how long the server may take to accept what is sent; zero for no limit.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>What errors call it.</summary>
    public string Address => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    /// <summary>Reads and checks the metadata.</summary>
    /// <exception cref="ComponentException">A value is missing, wrong, or asks for what is not done here.</exception>
    public static RedisOptions Read(Component component)
    {
        foreach (var (key, problem) in s_refusedFlags)
        {
            if (component.Flag(key))
                throw new ComponentException(component, key, problem);
        }

        var type = component.Text("redisType") ?? "node";
        if (type.Equals("cluster", StringComparison.OrdinalIgnoreCase))
            throw new ComponentException(component, "redisType", "is 'cluster', and this sidecar's client speaks to one server only; use 'node', or real Dapr for a cluster");
        if (!type.Equals("node", StringComparison.OrdinalIgnoreCase))
            throw new ComponentException(component, "redisType", $"is '{type}'; Dapr knows 'node' and 'cluster'");
        Array.ForEach(s_poolNumbers, key => component.WholeNumber(key, 0));
        Array.ForEach(s_poolDurations, key => component.RedisDuration(key, TimeSpan.Zero));

        var (host, port) = ReadAddress(component);
        var defaults = new RedisOptions { Host = host };
        var read = component.RedisDuration("readTimeout", defaults.ReadTimeout);
        var retries = component.WholeNumber("redisMaxRetries", component.WholeNumber("maxRetries", defaults.MaxRetries));
        return defaults with
        {
            Port = port,
            Username = component.Text("redisUsername"),
            Password = component.Text("redisPassword"),
            Database = (int)component.WholeNumber("redisDB", 0, least: 0),
            Tls = component.Flag("enableTLS"),
            TrustsAnyServer = component.Flag("insecureSkipTLSVerify"),
            ClientCertificate = component.Text("clientCert"),
            ClientKey = component.Text("clientKey"),
            MaxRetries = (int)(retries == 0 ? defaults.MaxRetries : Math.Max(retries, 0)),
            MinRetryInterval = component.RedisDuration("redisMinRetryInterval", defaults.MinRetryInterval),
            MaxRetryInterval = component.RedisDuration("redisMaxRetryInterval", defaults.MaxRetryInterval),
            DialTimeout = component.RedisDuration("dialTimeout", defaults.DialTimeout) is { Ticks: > 0 } dial ? dial : defaults.DialTimeout,
            ReadTimeout = read,
            WriteTimeout = component.RedisDuration("writeTimeout", read),
        };
    }

    private static (string Host, int Port) ReadAddress(Component component)
    {
        var address = component.RequiredText("redisHost", "host");
        if (address.Contains(','))
            throw new ComponentException(component, "redisHost", "names several servers, and this sidecar's client speaks to one only");
        var given = (int)component.WholeNumber("redisPort", 0, least: 0);
        var colon = address.LastIndexOf(':');
        // More than one colon without brackets is a plain IPv6 address.
        if (colon < 0 || address.EndsWith(']') || (address.IndexOf(':') != colon && !address.StartsWith('[')))
            return (address.Trim('[', ']'), given == 0 ? UsualPort : given);
        if (!ushort.TryParse(address.AsSpan(colon + 1), CultureInfo.InvariantCulture, out var port) || port == 0)
            throw new ComponentException(component, "redisHost", $"is '{address}'; its port must be a number from 1 to 65535");
        if (given != 0 && given != port)
            throw new ComponentException(component, "redisPort", $"is {given}, but redisHost already says port {port}; remove one of them");
        return (address[..colon].Trim('[', ']'), port);
    }
}

/// <summary>Numbers and durations as the Redis components of Dapr read them.</summary>
internal static class RedisMetadata
{
    /// <summary>A whole number.</summary>
    public static long WholeNumber(this Component component, string key, long fallback, long least = -1)
    {
        if (component.Text(key) is not { } text)
            return fallback;
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= int.MaxValue
            ? number
            : throw new ComponentException(component, key, $"must be a whole number of at least {least}, but is '{text}'");
    }

    /// <summary>A duration in Go's form; a plain number counts milliseconds here, unlike elsewhere in Dapr. Zero asks for the default and less than zero for none.</summary>
    public static TimeSpan RedisDuration(this Component component, string key, TimeSpan fallback)
    {
        var given = component.Milliseconds(key, fallback);
        return given == TimeSpan.Zero ? fallback : given < TimeSpan.Zero ? TimeSpan.Zero : given;
    }

    /// <summary>A duration in Go's form, a plain number counting milliseconds.</summary>
    public static TimeSpan Milliseconds(this Component component, string key, TimeSpan fallback)
    {
        if (component.Text(key) is not { } text)
            return fallback;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var milliseconds))
            return TimeSpan.FromMilliseconds(milliseconds);
        return GoDuration.TryParse(text, out var duration)
            ? duration
            : throw new ComponentException(component, key, $"is '{text}', which is no duration; write milliseconds or a form such as 250ms, 3s, 1m30s");
    }
}
