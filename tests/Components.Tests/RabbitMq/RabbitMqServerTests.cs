using System.Net.NetworkInformation;
using Conformance;
using Sidecar.Servers;

namespace Components.Tests.RabbitMq;

[NeedsServer("rabbitmq")]
public sealed class RabbitMqServerTests
{
    [ConformanceFact]
    public async Task A_private_server_listens_on_loopback_only_and_leaves_neither_its_port_mapper_nor_its_folder_behind()
    {
        var others = Listeners();
        var server = new RabbitMqServer();
        await server.StartAsync();
        var command = server.Control("list_queues");
        var mapper = int.Parse(command.Environment["ERL_EPMD_PORT"], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Contains(Listeners().Except(others), listener => listener.Port == mapper);
        Assert.Contains(Listeners().Except(others), listener => listener.Port == server.Port);
        Assert.All(
            Listeners().Where(listener => listener.Port == mapper || listener.Port == server.Port),
            listener => Assert.True(System.Net.IPAddress.IsLoopback(listener.Address), listener.ToString()));

        await server.DisposeAsync();
        Assert.DoesNotContain(Listeners(), listener => listener.Port == mapper || listener.Port == server.Port);
        Assert.False(Directory.Exists(server.Folder));
    }

    private static System.Net.IPEndPoint[] Listeners() => IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners();
}
