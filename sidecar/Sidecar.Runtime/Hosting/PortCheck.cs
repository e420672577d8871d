using System.Net;
using System.Net.Sockets;

namespace Sidecar.Runtime.Hosting;

/// <summary>Says which port of which sidecar stands in the way, and how to change it.</summary>
internal static class PortCheck
{
    /// <summary>Two sidecars that ask for one port are refused before anything starts.</summary>
    public static void RefuseDoubles(IReadOnlyList<SidecarDefinition> sidecars)
    {
        var taken = new Dictionary<int, string>();
        foreach (var options in sidecars.Select(s => s.Options))
        {
            foreach (var (port, name, setting) in PortsOf(options))
            {
                if (!taken.TryAdd(port, $"the {name} port of sidecar '{options.AppId}'"))
                    throw new SidecarStartException(options.AppId, $"its {name} port {port} is also {taken[port]}; give it another by {setting}, or leave it out for a free one");
            }
        }
    }

    /// <summary>Finds the port that could not be bound.</summary>
    public static SidecarStartException Explain(IEnumerable<SidecarInstance> sidecars, IOException error)
    {
        foreach (var options in sidecars.Select(s => s.Options))
        {
            foreach (var (port, name, setting) in PortsOf(options))
            {
                if (!CanListen(AddressOf(options), port))
                    return new SidecarStartException(
                        options.AppId, $"its {name} port {port} on {options.ListenAddress} is in use by another program; stop that, or give the sidecar another port by {setting}", error);
            }
        }

        var first = sidecars.First().Options;
        return new SidecarStartException(first.AppId, $"a port could not be opened: {error.Message}", error);
    }

    /// <summary>The address a sidecar listens on.</summary>
    /// <exception cref="SidecarStartException">It is neither an IP address nor <c>localhost</c>.</exception>
    public static IPAddress AddressOf(SidecarOptions options) =>
        options.ListenAddress == "localhost" ? IPAddress.Loopback
        : IPAddress.TryParse(options.ListenAddress, out var address) ? address
        : throw new SidecarStartException(
            options.AppId, $"'{options.ListenAddress}' is no IP address to listen on; correct apiListenAddresses in the run file or --dapr-listen-addresses");

    private static IEnumerable<(int Port, string Name, string Setting)> PortsOf(SidecarOptions options)
    {
        var usesPorts = options.SocketDirectory is null;
        if (usesPorts && options.HttpPort > 0)
            yield return (options.HttpPort, "HTTP", "daprHTTPPort in the run file or --dapr-http-port");
        if (usesPorts && options.GrpcPort > 0)
            yield return (options.GrpcPort, "gRPC", "daprGRPCPort in the run file or --dapr-grpc-port");
        if (options.MetricsPort > 0)
            yield return (options.MetricsPort, "metrics", "metricsPort in the run file or --metrics-port");
    }

    private static bool CanListen(IPAddress address, int port)
    {
        try
        {
            using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(address, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
