using System.IO.Pipelines;
using Dapr.Protocol.Common.V1;
using Google.Protobuf;

namespace Sidecar.Runtime.Cryptography;

/// <summary>A document on a gRPC stream: numbered chunks in, numbered chunks out, at the same time.</summary>
/// <typeparam name="TRequest">A message with a chunk, and options in the first one.</typeparam>
internal sealed class DocumentStream<TRequest> : IAsyncDisposable
    where TRequest : class
{
    private static readonly TimeSpan s_firstMessage = TimeSpan.FromSeconds(5);

    /// <summary>More than a segment, so that whoever reads segments never waits for a writer that waits for it.</summary>
    private static readonly PipeOptions s_pipe = new(pauseWriterThreshold: 256 << 10, resumeWriterThreshold: 128 << 10, useSynchronizationContext: false);

    private readonly Pipe _pipe = new(s_pipe);
    private readonly CancellationTokenSource _ending;
    private readonly IAsyncEnumerator<TRequest> _requests;
    private readonly Func<TRequest, StreamPayload?> _payloadOf;
    private readonly Func<TRequest, bool> _hasOptions;
    private Task _reading = Task.CompletedTask;
    private ulong _expected;

    public DocumentStream(IAsyncEnumerable<TRequest> requests, Func<TRequest, StreamPayload?> payloadOf, Func<TRequest, bool> hasOptions, CancellationToken cancellationToken)
    {
        (_payloadOf, _hasOptions) = (payloadOf, hasOptions);
        _ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _requests = requests.GetAsyncEnumerator(_ending.Token);
    }

    /// <summary>The chunks as one stream; it begins to flow with <see cref="Begin"/>.</summary>
    public PipeReader Input => _pipe.Reader;

    /// <summary>The message with the options.</summary>
    /// <exception cref="Errors.DaprApiException">None came in time.</exception>
    public async Task<TRequest> FirstAsync(TimeProvider time)
    {
        var first = _requests.MoveNextAsync().AsTask();
        _reading = first;
        try
        {
            return await first.WaitAsync(s_firstMessage, time, _ending.Token) ? _requests.Current : throw CryptographyErrors.Failed("error receiving the first message: EOF");
        }
        catch (TimeoutException)
        {
            throw CryptographyErrors.BadRequest("error waiting for first message: context deadline exceeded");
        }
    }

    /// <summary>Reads the chunks from now on, the first message's included.</summary>
    public void Begin(TRequest first) => _reading = ReadAsync(first);

    /// <summary>Writes pieces as chunks.</summary>
    public static async Task WriteAsync(IAsyncEnumerable<ReadOnlyMemory<byte>> pieces, Func<StreamPayload, ValueTask> write)
    {
        var number = 0ul;
        await foreach (var piece in pieces)
        {
            if (piece.Length > 0)
                await write(new StreamPayload { Data = UnsafeByteOperations.UnsafeWrap(piece), Seq = number++ });
        }
    }

    /// <summary>Ends the reading: whoever was refused hears it now, and not after the last chunk.</summary>
    public async ValueTask DisposeAsync()
    {
        await _pipe.Reader.CompleteAsync();
        await _ending.CancelAsync();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _requests.DisposeAsync();
        _ending.Dispose();
    }

    private async Task ReadAsync(TRequest first)
    {
        try
        {
            await TakeAsync(_payloadOf(first));
            while (await _requests.MoveNextAsync())
            {
                if (_hasOptions(_requests.Current))
                    throw new CryptoOperationException("options found in non-leading message");
                await TakeAsync(_payloadOf(_requests.Current));
            }

            await _pipe.Writer.CompleteAsync();
        }
        catch (Exception error) when (error is OperationCanceledException or CryptoOperationException)
        {
            // Whoever reads the pipe gets it.
            await _pipe.Writer.CompleteAsync(error);
        }
        catch (Exception error)
        {
            await _pipe.Writer.CompleteAsync(new CryptoOperationException($"error receiving message: {error.Message}", error));
        }
    }

    private async ValueTask TakeAsync(StreamPayload? payload)
    {
        if (payload is null)
            return;
        if (payload.Seq != _expected)
            throw new CryptoOperationException($"invalid sequence number received: {payload.Seq} (expected: {_expected})");
        _expected++;
        if (payload.Data.Length > 0)
            await _pipe.Writer.WriteAsync(payload.Data.Memory, _ending.Token);
    }
}
