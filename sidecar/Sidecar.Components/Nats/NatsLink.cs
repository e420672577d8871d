using System.Diagnostics;
using System.IO.Pipelines;
using System.Net.Sockets;

namespace Sidecar.Components.Nats;

/// <summary>
/// One open connection. Commands of all callers are collected in a pipe and leave together, so that a thousand small publishes cost a few writes. It is gone for good when it breaks:
/// <see cref="NatsConnection"/> opens the next.
/// </summary>
internal sealed class NatsLink : IAsyncDisposable
{
    private const int MostUnsent = 4 << 20;
    private readonly Stream _stream;
    private readonly PipeReader _input;
    private readonly NatsParser _parser;
    private readonly TimeProvider _time;
    private readonly Pipe _output = new(new PipeOptions(pauseWriterThreshold: 0, minimumSegmentSize: 16 << 10, useSynchronizationContext: false));
    private readonly Lock _gate = new();
    private readonly Task _writing;
    private TaskCompletionSource? _room;
    private long _unsent;
    private int _pingsOut;
    private bool _closed;

    public NatsLink(Stream stream, PipeReader input, NatsParser parser, NatsServerInfo info, TimeProvider time)
    {
        (_stream, _input, _parser, Info, _time) = (stream, input, parser, info, time);
        _writing = WriteAsync();
    }

    /// <summary>What the server said of itself last.</summary>
    public NatsServerInfo Info { get; private set; }

    /// <summary>Why it ended, if it did not end by itself.</summary>
    public Exception? Failure { get; private set; }

    public void Connect(string json) => Send(json, static (writer, text) => NatsCommands.Connect(writer, text));

    public void Ping() => Send(0, static (writer, _) => NatsCommands.Ping(writer));

    public bool Subscribe(NatsSubscription subscription) => Send(subscription, static (writer, given) => NatsCommands.Subscribe(writer, given));

    public bool Unsubscribe(long sid) => Send(sid, static (writer, given) => NatsCommands.Unsubscribe(writer, given));

    /// <summary>Puts a message into the pipe; false when the link is closed.</summary>
    public bool Publish(string subject, string? reply, ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload)
    {
        lock (_gate)
        {
            if (_closed)
                return false;
            Sent(NatsCommands.Publish(_output.Writer, subject, reply, headers, payload));
            return true;
        }
    }

    /// <summary>Waits while too much is unsent.</summary>
    public ValueTask RoomAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_closed || _unsent < MostUnsent)
                return ValueTask.CompletedTask;
            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask(_room.Task.WaitAsync(cancellationToken));
        }
    }

    /// <summary>Reads until the connection ends; messages go to <paramref name="onMessage"/>, errors to <paramref name="onError"/>.</summary>
    public async Task ReadAsync(Action<NatsFrame> onMessage, Action<string> onError, Action<NatsServerInfo> onInfo, Action onPong)
    {
        try
        {
            while (true)
            {
                var result = await _input.ReadAsync();
                var buffer = result.Buffer;
                while (_parser.TryRead(ref buffer, out var frame))
                {
                    switch (frame.Operation)
                    {
                        case NatsOperation.Message:
                            onMessage(frame);
                            break;
                        case NatsOperation.Ping:
                            Send(0, static (writer, _) => NatsCommands.Pong(writer));
                            break;
                        case NatsOperation.Pong:
                            _pingsOut = 0;
                            onPong();
                            break;
                        case NatsOperation.Error:
                            onError(frame.Text);
                            break;
                        case NatsOperation.Info:
                            onInfo(Info = NatsHandshake.ReadInfo(frame.Text));
                            break;
                    }
                }

                _input.AdvanceTo(buffer.Start, buffer.End);
                if (result.IsCompleted)
                    return;
            }
        }
        catch (Exception error)
        {
            // Whatever ends the reader ends the link; the connection says so and opens another.
            Failure ??= error;
        }
        finally
        {
            Close();
        }
    }

    /// <summary>Pings until the link is closed; without answers it is closed.</summary>
    public async Task KeepAliveAsync(TimeSpan interval, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(interval, _time);
        while (!_closed && await timer.WaitForNextTickAsync(cancellationToken))
        {
            if (_pingsOut >= 2)
            {
                Failure ??= new NatsException("the server no longer answers pings");
                Close();
                return;
            }

            _pingsOut++;
            Ping();
        }
    }

    /// <summary>Ends it now; what is unsent is lost.</summary>
    public void Close()
    {
        lock (_gate)
        {
            if (_closed)
                return;
            _closed = true;
            _output.Writer.Complete();
            _room?.TrySetResult();
        }

        _stream.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        Close();
        await _writing;
        await _input.CompleteAsync();
    }

    private bool Send<T>(T given, Func<PipeWriter, T, int> write)
    {
        lock (_gate)
        {
            if (_closed)
                return false;
            Sent(write(_output.Writer, given));
            return true;
        }
    }

    private void Sent(int bytes)
    {
        _unsent += bytes;
        // Without a pause threshold a flush never waits: it only wakes the writer.
        var flush = _output.Writer.FlushAsync();
        Debug.Assert(flush.IsCompleted);
    }

    private async Task WriteAsync()
    {
        try
        {
            while (true)
            {
                var result = await _output.Reader.ReadAsync();
                foreach (var segment in result.Buffer)
                {
                    await _stream.WriteAsync(segment);
                }

                var sent = result.Buffer.Length;
                _output.Reader.AdvanceTo(result.Buffer.End);
                lock (_gate)
                {
                    _unsent -= sent;
                    if (_unsent < MostUnsent)
                    {
                        _room?.TrySetResult();
                        _room = null;
                    }
                }

                if (result.IsCompleted)
                    break;
            }
        }
        catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            Failure ??= error;
            Close();
        }
        finally
        {
            await _output.Reader.CompleteAsync();
        }
    }
}
