using System.Net.Sockets;

namespace Sidecar.Runtime.Hosting;

/// <summary>The Unix domain sockets that stand in for the API ports when <see cref="SidecarOptions.SocketDirectory"/> says so; names are daprd's.</summary>
public static class ApiSocket
{
    /// <summary>Path of a sidecar's socket.</summary>
    /// <param name="directory"><c>--unix-domain-socket</c>.</param>
    /// <param name="appId">App id.</param>
    /// <param name="api"><c>http</c> or <c>grpc</c>.</param>
    public static string PathOf(string directory, string appId, string api) => Path.Combine(Path.GetFullPath(directory), $"dapr-{appId}-{api}.socket");

    /// <summary>The path to listen on: what a sidecar that was killed has left there is taken away.</summary>
    /// <exception cref="SidecarStartException">Another sidecar listens there, or the path is longer than sockets allow.</exception>
    internal static string Claim(SidecarOptions options, string api)
    {
        var path = PathOf(options.SocketDirectory!, options.AppId, api);
        try
        {
            var address = new UnixDomainSocketEndPoint(path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Connect(address);
            throw new SidecarStartException(options.AppId, $"another sidecar listens on '{path}'; give this one another --unix-domain-socket folder");
        }
        catch (SocketException)
        {
            File.Delete(path);
            return path;
        }
        catch (ArgumentOutOfRangeException error)
        {
            throw new SidecarStartException(options.AppId, $"the path '{path}' is too long for a Unix domain socket; give a shorter --unix-domain-socket folder", error);
        }
    }
}
