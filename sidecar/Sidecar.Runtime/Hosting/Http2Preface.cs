using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Sidecar.Runtime.Hosting;

/// <summary>
/// Lets HTTP/2 without TLS (prior knowledge) and HTTP/1.1 share a port, as on daprd. The server itself only chooses by TLS negotiation, so a connection
/// that begins with the HTTP/2 preface is presented as one that negotiated <c>h2</c>.
/// </summary>
internal static class Http2Preface
{
    public static async Task DetectAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (await BeginsWithPrefaceAsync(connection.Transport.Input, connection.ConnectionClosed))
        {
            connection.Features.Set<ITlsConnectionFeature>(Negotiated.Http2);
            connection.Features.Set<ITlsApplicationProtocolFeature>(Negotiated.Http2);
        }

        await next(connection);
    }

    private static async ValueTask<bool> BeginsWithPrefaceAsync(PipeReader input, CancellationToken closed)
    {
        try
        {
            // "PRI" is enough: no HTTP/1 method of that name exists.
            var result = await input.ReadAtLeastAsync(3, closed);
            var start = result.Buffer.Length < 3 ? result.Buffer : result.Buffer.Slice(0, 3);
            var isPreface = start.Length == 3 && (start.IsSingleSegment ? start.FirstSpan : start.ToArray()).SequenceEqual("PRI"u8);
            input.AdvanceTo(result.Buffer.Start);
            return isPreface;
        }
        catch (Exception e) when (e is OperationCanceledException or ConnectionResetException or ConnectionAbortedException)
        {
            return false;
        }
    }

    private sealed class Negotiated : ITlsConnectionFeature, ITlsApplicationProtocolFeature
    {
        public static Negotiated Http2 { get; } = new();

        public X509Certificate2? ClientCertificate { get; set; }

        public ReadOnlyMemory<byte> ApplicationProtocol { get; } = "h2"u8.ToArray();

        public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) => Task.FromResult<X509Certificate2?>(null);
    }
}
