using System.Globalization;
using Sidecar.Processes;

namespace Sidecar.Servers;

/// <summary>A private NATS server with JetStream on files.</summary>
/// <param name="folder">Where its data stays, or null for a temporary folder.</param>
/// <param name="port">Port, or null for a free one.</param>
/// <param name="configuration">More lines of its configuration file (accounts, TLS), or null.</param>
public sealed class NatsServer(string? folder = null, int? port = null, string? configuration = null) : PrivateServer(folder, port), INamedServer<NatsServer>
{
    private readonly int _monitoring = NextPort();

    /// <inheritdoc/>
    public static string ServerName => "nats";

    /// <inheritdoc/>
    public static string? Missing => FindProgram("nats-server", "/usr/sbin") is null
        ? "the program 'nats-server' is not installed; on Debian: apt-get install nats-server, on macOS: brew install nats-server"
        : null;

    /// <inheritdoc/>
    public override string Name => ServerName;

    /// <inheritdoc/>
    public override string UsualAddress => "localhost:4222";

    /// <inheritdoc/>
    protected override string? MissingProgram => Missing;

    /// <inheritdoc/>
    protected override async Task PrepareAsync(CancellationToken cancellationToken) =>
        await File.WriteAllTextAsync(Path.Combine(Folder, "nats.conf"), configuration ?? "", cancellationToken);

    /// <inheritdoc/>
    public static NatsServer Create(string? folder, int? port) => new(folder, port);

    /// <inheritdoc/>
    protected override IReadOnlyList<ChildCommand> Commands() =>
    [
        new(FindProgram("nats-server", "/usr/sbin")!,
            ["-c", Path.Combine(Folder, "nats.conf"), "-a", "127.0.0.1", "-p", Number(Port), "-m", Number(_monitoring), "-js", "-sd", Path.Combine(Folder, "js"), "--name", "private"],
            Folder, EnvironmentWith()),
    ];

    /// <inheritdoc/>
    protected override async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        using var client = new HttpClient();
        using var answer = await client.GetAsync(new Uri($"http://127.0.0.1:{Number(_monitoring)}/healthz"), cancellationToken);
        return answer.IsSuccessStatusCode;
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
