using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Sidecar.KafkaMock;
using Sidecar.Processes;

namespace Sidecar.Servers;

/// <summary>
/// librdkafka's mock cluster in a process of its own: Kafka's protocol, but not Apache Kafka. It keeps everything in memory: whatever ends it, its data and its groups' offsets
/// are gone. For an outage after which the data is still there, take its brokers down and up.
/// </summary>
/// <param name="folder">Stays empty; or null for a temporary folder.</param>
/// <param name="port">Port of the bootstrap address, or null for a free one. The brokers themselves are on ports that the system chooses.</param>
/// <param name="brokers">How many brokers.</param>
public sealed class KafkaMockCluster(string? folder = null, int? port = null, int brokers = 1) : PrivateServer(folder, port), INamedServer<KafkaMockCluster>
{
    private readonly int _control = NextPort();

    /// <inheritdoc/>
    public static string ServerName => "kafka";

    /// <inheritdoc/>
    public static string? Missing => KafkaMockProgram.Missing;

    /// <inheritdoc/>
    public override string Name => ServerName;

    /// <inheritdoc/>
    public override string UsualAddress => "localhost:9092";

    /// <inheritdoc/>
    protected override string? MissingProgram => Missing;

    /// <inheritdoc/>
    public static KafkaMockCluster Create(string? folder, int? port) => new(folder, port);

    /// <summary>Cuts every broker off: connections end, new ones are refused, the data stays.</summary>
    public Task BreakAsync() => EachBrokerAsync("down");

    /// <summary>Lets every broker be reached again.</summary>
    public Task MendAsync() => EachBrokerAsync("up");

    /// <summary>Makes a topic, which otherwise gets four partitions on its first use.</summary>
    public Task CreateTopicAsync(string topic, int partitions) => DoAsync($"topic {topic} {Number(partitions)}");

    /// <inheritdoc/>
    protected override IReadOnlyList<ChildCommand> Commands() =>
    [
        new(Dotnet(), ["exec", KafkaMockProgram.File, "--port", Number(Port), "--brokers", Number(brokers), "--control", Number(_control)], Folder, EnvironmentWith()),
    ];

    /// <inheritdoc/>
    protected override async Task<bool> AnswersAsync(CancellationToken cancellationToken) =>
        await LineProbe.SomebodyListensAsync(_control, cancellationToken) && await LineProbe.SomebodyListensAsync(Port, cancellationToken);

    /// <summary>The host of the runtime that this process runs on.</summary>
    private static string Dotnet() =>
        Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private async Task EachBrokerAsync(string command)
    {
        for (var broker = 1; broker <= brokers; broker++)
        {
            await DoAsync($"{command} {Number(broker)}");
        }
    }

    private async Task DoAsync(string command)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", _control);
        await using var writer = new StreamWriter(client.GetStream()) { AutoFlush = true };
        using var reader = new StreamReader(client.GetStream());
        await writer.WriteLineAsync(command);
        if (await reader.ReadLineAsync() is var answer && answer != "ok")
            throw new InvalidOperationException($"the mock Kafka cluster answers '{answer}' to '{command}'");
    }
}
