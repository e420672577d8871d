using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using Dapr.Protocol.Grpc;

namespace Sidecar.Runtime.Proxying;

/// <summary>The caller's messages on their way to the app, in one try: first those that an earlier try has read, then the others as they come.</summary>
internal sealed class ProxiedRequest : HttpContent
{
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ProxiedCall _call;
    private readonly CancellationToken _end;
    private int _started;

    public ProxiedRequest(ProxiedCall call, string contentType, CancellationToken end)
    {
        (_call, _end) = (call, end);
        Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
    }

    /// <summary>Completes when this try reads no more of the caller's messages.</summary>
    public Task Finished => Volatile.Read(ref _started) == 0 ? Task.CompletedTask : _finished.Task;

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        Volatile.Write(ref _started, 1);
        try
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _end);
            await CopyAsync(stream, over.Token);
        }
        catch (GrpcException refusal)
        {
            _call.Fail(refusal);
            throw;
        }
        finally
        {
            _finished.TrySetResult();
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    private async Task CopyAsync(Stream stream, CancellationToken cancellationToken)
    {
        // The headers go out with this flush: the app may answer before there is a message.
        await stream.FlushAsync(cancellationToken);
        if (_call.ReadBefore is { Length: > 0 } read)
            await stream.WriteAsync(read, cancellationToken);
        while (!_call.IsRequestOver)
        {
            await stream.FlushAsync(cancellationToken);
            var next = await _call.Reader.ReadAsync(cancellationToken);
            _call.Take(next.Buffer);
            foreach (var piece in next.Buffer)
                await stream.WriteAsync(piece, cancellationToken);
            _call.Reader.AdvanceTo(next.Buffer.End);
            if (next.IsCompleted)
                _call.IsRequestOver = true;
        }
    }
}
