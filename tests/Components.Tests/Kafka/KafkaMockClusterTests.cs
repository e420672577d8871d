using System.Net.Sockets;
using Conformance;
using Sidecar.Servers;

namespace Components.Tests.Kafka;

[NeedsServer("kafka")]
public sealed class KafkaMockClusterTests
{
    [ConformanceFact]
    public async Task The_mock_cluster_takes_connections_at_its_address_until_its_brokers_are_down()
    {
        await using var server = new KafkaMockCluster();
        await server.StartAsync();
        Assert.True(await SpeaksKafkaAsync(server.Port));

        await server.BreakAsync();
        Assert.False(await SpeaksKafkaAsync(server.Port));
        await server.MendAsync();
        Assert.True(await SpeaksKafkaAsync(server.Port));

        await server.KillAsync();
        await server.StartAsync();
        Assert.True(await SpeaksKafkaAsync(server.Port));
    }

    /// <summary>Asks for the versions of the API, as every client does first.</summary>
    private static async Task<bool> SpeaksKafkaAsync(int port)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port);
        var stream = client.GetStream();
        // Length, key 18 (ApiVersions), version 0, correlation id 7, client id "t".
        byte[] question = [0, 0, 0, 11, 0, 18, 0, 0, 0, 0, 0, 7, 0, 1, (byte)'t'];
        var answer = new byte[8];
        try
        {
            await stream.WriteAsync(question);
            await stream.ReadExactlyAsync(answer);
            return answer[7] == 7;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
