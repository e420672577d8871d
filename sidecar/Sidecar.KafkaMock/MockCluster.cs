using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;

namespace Sidecar.KafkaMock;

/// <summary>
/// librdkafka's mock cluster: Kafka's protocol over TCP on 127.0.0.1, with consumer groups and idempotent producers. Topics are made on first use with four partitions; a
/// partition keeps its last 5 MB, in memory. It has no authentication, no TLS, no admin API and no retention by time.
/// </summary>
internal sealed class MockCluster : IDisposable
{
    private const string Usage = "commands: 'down BROKER', 'up BROKER', 'rtt BROKER MILLISECONDS', 'topic NAME PARTITIONS'";
    private readonly int _brokers;
    private readonly nint _client;
    private readonly nint _cluster;

    /// <exception cref="InvalidOperationException">librdkafka refuses.</exception>
    public MockCluster(int brokers)
    {
        _brokers = brokers;
        var error = new byte[512];
        var configuration = LibRdKafka.NewConfiguration();
        // It would warn that this client, which only carries the cluster, knows no brokers.
        _ = LibRdKafka.Set(configuration, "log_level", "2", error, (nuint)error.Length);
        // The mock's own connections take this from the client it hangs on. A Kafka broker does not hold small answers back either.
        _ = LibRdKafka.Set(configuration, "socket.nagle.disable", "true", error, (nuint)error.Length);
        _client = LibRdKafka.New(LibRdKafka.Producer, configuration, error, (nuint)error.Length);
        if (_client == 0)
            throw new InvalidOperationException($"librdkafka makes no client: {Encoding.UTF8.GetString(error).TrimEnd('\0')}");
        _cluster = LibRdKafka.NewCluster(_client, brokers);
        if (_cluster == 0)
            throw new InvalidOperationException($"librdkafka makes no mock cluster of {brokers} brokers");
        Bootstrap = Marshal.PtrToStringUTF8(LibRdKafka.Bootstraps(_cluster))!;
    }

    /// <summary>Where clients connect: <c>host:port,…</c>.</summary>
    public string Bootstrap { get; }

    /// <summary>The same as addresses.</summary>
    public IReadOnlyList<IPEndPoint> Brokers => [.. Bootstrap.Split(',').Select(IPEndPoint.Parse)];

    /// <summary>Does what a line asks for and says what came of it.</summary>
    public string Do(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        try
        {
            return words switch
            {
                ["down", var broker] => Told(LibRdKafka.SetDown(_cluster, Broker(broker))),
                ["up", var broker] => Told(LibRdKafka.SetUp(_cluster, Broker(broker))),
                ["rtt", var broker, var time] => Told(LibRdKafka.SetRoundTripTime(_cluster, Broker(broker), Number(time))),
                ["topic", var name, var partitions] => Told(LibRdKafka.CreateTopic(_cluster, name, Number(partitions), Math.Min(3, _brokers))),
                _ => $"error: '{line}' is no command; {Usage}",
            };
        }
        catch (FormatException exception)
        {
            return $"error: {exception.Message}; {Usage}";
        }
    }

    public void Dispose()
    {
        LibRdKafka.DestroyCluster(_cluster);
        LibRdKafka.Destroy(_client);
    }

    private static string Told(int error) => error == 0 ? "ok" : $"error: {Marshal.PtrToStringUTF8(LibRdKafka.ErrorText(error))}";

    private static int Number(string text) =>
        int.TryParse(text, CultureInfo.InvariantCulture, out var number) && number >= 0 ? number : throw new FormatException($"'{text}' is no number");

    private int Broker(string text) =>
        Number(text) is var broker && broker >= 1 && broker <= _brokers ? broker : throw new FormatException($"there is no broker {text}; there are 1 to {_brokers}");
}
