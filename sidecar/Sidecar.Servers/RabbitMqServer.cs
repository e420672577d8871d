using System.Globalization;
using Sidecar.Processes;

namespace Sidecar.Servers;

/// <summary>A private RabbitMQ with the user <c>guest</c> (password <c>guest</c>), an Erlang port mapper of its own and every port on loopback.</summary>
/// <param name="folder">Where its data stays, or null for a temporary folder.</param>
/// <param name="port">Port, or null for a free one.</param>
/// <param name="configuration">More lines of its configuration file (TLS, limits), or null.</param>
public sealed class RabbitMqServer(string? folder = null, int? port = null, string? configuration = null) : PrivateServer(folder, port), INamedServer<RabbitMqServer>
{
    // Debian's program on the PATH is a wrapper that changes the user and forgets where this server's data is to be.
    private const string DebianFolder = "/usr/lib/rabbitmq/bin";
    private readonly int _mapperPort = NextPort();
    private readonly int _nodePort = NextPort();

    /// <inheritdoc/>
    public static string ServerName => "rabbitmq";

    /// <inheritdoc/>
    public static string? Missing => Find("rabbitmq-server") is null
        ? "the program 'rabbitmq-server' is not installed; on Debian: apt-get install rabbitmq-server, on macOS: brew install rabbitmq"
        : FindProgram("epmd", "/opt/homebrew/bin", "/usr/local/bin") is null
            ? "the program 'epmd', a part of Erlang, is not installed; on Debian: apt-get install erlang-base, on macOS: brew install erlang"
            : null;

    /// <inheritdoc/>
    public override string Name => ServerName;

    /// <inheritdoc/>
    public override string UsualAddress => "localhost:5672";

    /// <inheritdoc/>
    protected override string? MissingProgram => Missing;

    /// <summary>What <c>rabbitmqctl</c> needs to speak to this server: the program and its environment.</summary>
    /// <param name="arguments">Arguments, such as <c>list_queues</c>.</param>
    public ChildCommand Control(params IReadOnlyList<string> arguments) => new(Find("rabbitmqctl")!, ["--quiet", .. arguments], Folder, Environment());

    /// <inheritdoc/>
    public static RabbitMqServer Create(string? folder, int? port) => new(folder, port);

    // Several nodes that start at once on two busy cores take most of a minute.
    /// <inheritdoc/>
    protected override TimeSpan StartTime => TimeSpan.FromSeconds(90);

    /// <inheritdoc/>
    protected override async Task PrepareAsync(CancellationToken cancellationToken)
    {
        foreach (var part in (string[])["mnesia", "log", "home"])
        {
            Directory.CreateDirectory(Path.Combine(Folder, part));
        }

        await File.WriteAllTextAsync(Path.Combine(Folder, "enabled_plugins"), "[].\n", cancellationToken);
        await File.WriteAllTextAsync(
            Path.Combine(Folder, "rabbitmq.conf"),
            $"""
            listeners.tcp.1 = 127.0.0.1:{Number(Port)}
            default_user = guest
            default_pass = guest
            disk_free_limit.absolute = 50MB
            vm_memory_high_watermark.absolute = 512MB
            log.console = true
            log.file = false
            {configuration}

            """,
            cancellationToken);
    }

    // Erlang starts a port mapper by itself when there is none, and leaves it behind on every interface: ours comes first.
    /// <inheritdoc/>
    protected override IReadOnlyList<ChildCommand> Commands() =>
    [
        new(FindProgram("epmd", "/opt/homebrew/bin", "/usr/local/bin")!, [], Folder, Environment()),
        new(Find("rabbitmq-server")!, [], Folder, Environment()),
    ];

    /// <inheritdoc/>
    protected override async Task<bool> AnswersAsync(CancellationToken cancellationToken) =>
        (await LineProbe.AskAsync(Port, "AMQP\0\0\u0009\u0001", cancellationToken)).Length > 0;

    private static string? Find(string name)
    {
        var debian = Path.Combine(DebianFolder, name);
        return File.Exists(debian) ? debian : FindProgram(name, "/opt/homebrew/sbin", "/usr/local/sbin");
    }

    private IReadOnlyDictionary<string, string> Environment() => EnvironmentWith(
        ("HOME", Path.Combine(Folder, "home")),
        ("ERL_EPMD_PORT", Number(_mapperPort)),
        ("ERL_EPMD_ADDRESS", "127.0.0.1"),
        ("RABBITMQ_NODENAME", "private@localhost"),
        ("RABBITMQ_NODE_PORT", Number(Port)),
        ("RABBITMQ_DIST_PORT", Number(_nodePort)),
        ("RABBITMQ_CONF_ENV_FILE", Path.Combine(Folder, "rabbitmq-env.conf")),
        ("RABBITMQ_CONFIG_FILE", Path.Combine(Folder, "rabbitmq.conf")),
        ("RABBITMQ_ADVANCED_CONFIG_FILE", Path.Combine(Folder, "advanced.config")),
        ("RABBITMQ_ENABLED_PLUGINS_FILE", Path.Combine(Folder, "enabled_plugins")),
        ("RABBITMQ_MNESIA_BASE", Path.Combine(Folder, "mnesia")),
        ("RABBITMQ_LOG_BASE", Path.Combine(Folder, "log")),
        ("RABBITMQ_PID_FILE", Path.Combine(Folder, "rabbit.pid")),
        ("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "-kernel inet_dist_use_interface {127,0,0,1} +S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none"));

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
