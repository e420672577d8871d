using System.Net;
using Microsoft.AspNetCore.Http;

namespace Sidecar.Runtime.Invocation;

/// <summary>The caller's body, streamed as it comes; it can be sent once.</summary>
internal sealed class RequestBodyContent(HttpRequest request) : HttpContent
{
    /// <summary>True once a part of the body may have been sent: the call cannot be tried again.</summary>
    public bool WasRead { get; private set; }

    /// <summary>True for a body whose length the caller did not tell.</summary>
    public bool IsStreamed => request.ContentLength is null;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        WasRead = true;
        var reader = request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            foreach (var segment in read.Buffer)
                await stream.WriteAsync(segment, cancellationToken);
            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return;
            if (IsStreamed)
                await stream.FlushAsync(cancellationToken);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = request.ContentLength ?? 0;
        return request.ContentLength is not null;
    }
}
