using System.Net;
using Microsoft.AspNetCore.Http;

namespace Sidecar.Runtime.Invocation;

/// <summary>The caller's body, streamed as it comes; it can be sent once, and says when that begins.</summary>
internal sealed class RequestBodyContent(HttpRequest request, Action sending) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        sending();
        var reader = request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            foreach (var segment in read.Buffer)
                await stream.WriteAsync(segment, cancellationToken);
            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return;
            if (request.ContentLength is null)
                await stream.FlushAsync(cancellationToken);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = request.ContentLength ?? 0;
        return request.ContentLength is not null;
    }
}
