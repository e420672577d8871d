using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Sidecar.Runtime.Invocation;

/// <summary>Passes the callee's body on as it comes.</summary>
internal static class ResponseBody
{
    private const int SmallBody = 32 * 1024;
    private const int PieceSize = 16 * 1024;

    public static async Task CopyAsync(HttpResponseMessage from, HttpResponse to, CancellationToken cancellationToken)
    {
        var length = from.Content.Headers.ContentLength;
        if (length == 0)
            return;

        // A small body of known length goes out in one write together with its headers; anything else (server-sent events) piece by piece.
        var isSmall = length is <= SmallBody;
        var buffer = ArrayPool<byte>.Shared.Rent(isSmall ? (int)length!.Value : PieceSize);
        try
        {
            await using var body = await from.Content.ReadAsStreamAsync(cancellationToken);
            if (isSmall)
            {
                var whole = buffer.AsMemory(0, (int)length!.Value);
                await body.ReadExactlyAsync(whole, cancellationToken);
                await to.Body.WriteAsync(whole, cancellationToken);
                return;
            }

            await to.StartAsync(cancellationToken);
            int read;
            while ((read = await body.ReadAsync(buffer, cancellationToken)) > 0)
                await to.Body.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
