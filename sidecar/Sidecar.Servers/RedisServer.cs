using System.Globalization;
using Sidecar.Processes;

namespace Sidecar.Servers;

/// <summary>A private Redis; every write is in its append-only file, flushed once a second.</summary>
/// <param name="folder">Where its data stays, or null for a temporary folder.</param>
/// <param name="port">Port, or null for a free one.</param>
/// <param name="settings">More of its settings, each a <c>--name</c> followed by its value.</param>
public sealed class RedisServer(string? folder = null, int? port = null, IReadOnlyList<string>? settings = null) : PrivateServer(folder, port), INamedServer<RedisServer>
{
    /// <inheritdoc/>
    public static string ServerName => "redis";

    /// <inheritdoc/>
    public static string? Missing => FindProgram("redis-server") is null
        ? "the program 'redis-server' is not installed; on Debian: apt-get install redis-server, on macOS: brew install redis"
        : null;

    /// <inheritdoc/>
    public override string Name => ServerName;

    /// <inheritdoc/>
    public override string UsualAddress => "localhost:6379";

    /// <inheritdoc/>
    protected override string? MissingProgram => Missing;

    /// <inheritdoc/>
    public static RedisServer Create(string? folder, int? port) => new(folder, port);

    /// <inheritdoc/>
    protected override IReadOnlyList<ChildCommand> Commands() =>
    [
        new(FindProgram("redis-server")!,
            ["--bind", "127.0.0.1", "--port", Port.ToString(CultureInfo.InvariantCulture), "--dir", Folder, "--daemonize", "no", "--save", "", "--appendonly", "yes", "--appendfsync", "everysec", .. settings ?? []],
            Folder, EnvironmentWith()),
    ];

    /// <inheritdoc/>
    protected override async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        // A server that wants a password has come up too.
        var answer = await LineProbe.AskAsync(Port, "PING\r\n", cancellationToken);
        return answer.StartsWith("+PONG", StringComparison.Ordinal) || answer.StartsWith("-NOAUTH", StringComparison.Ordinal);
    }
}
