using Microsoft.AspNetCore.Http;

namespace Sidecar.Runtime.Invocation;

/// <summary>Passes the callee's body on as it comes.</summary>
internal static class ResponseBody
{
    private const int SmallBody = 32 * 1024;

    public static async Task CopyAsync(HttpResponseMessage from, HttpResponse to, CancellationToken cancellationToken)
    {
        // A small body of known length goes out together with its headers; anything else (server-sent events) is flushed piece by piece.
        var flushesAtEnd = from.Content.Headers.ContentLength is <= SmallBody;
        var writer = to.BodyWriter;
        await using var body = await from.Content.ReadAsStreamAsync(cancellationToken);
        if (!flushesAtEnd)
            await to.StartAsync(cancellationToken);
        while (true)
        {
            var read = await body.ReadAsync(writer.GetMemory(), cancellationToken);
            if (read == 0)
                return;
            writer.Advance(read);
            if (!flushesAtEnd)
                await writer.FlushAsync(cancellationToken);
        }
    }
}
