using System.Buffers.Text;
using System.Text;

namespace Sidecar.Components.Redis;

/// <summary>Reads RESP2 replies one after the other. Used by one reader at a time.</summary>
internal sealed class RespReader(Stream stream)
{
    private const int MaxDepth = 16;
    private byte[] _buffer = new byte[32 << 10];
    private int _start;
    private int _end;

    /// <summary>Called whenever bytes came in.</summary>
    public Action? Progress { get; init; }

    /// <summary>Reads the next reply.</summary>
    /// <exception cref="EndOfStreamException">The server closed the connection.</exception>
    /// <exception cref="InvalidDataException">What came is not RESP2.</exception>
    public ValueTask<RedisReply> ReadAsync(CancellationToken cancellationToken) => ReadAsync(0, cancellationToken);

    private async ValueTask<RedisReply> ReadAsync(int depth, CancellationToken cancellationToken)
    {
        int line;
        while ((line = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n"u8)) < 0)
            await FillAsync(cancellationToken);
        var kind = line > 0 ? _buffer[_start] : (byte)0;
        var at = _start + 1;
        _start += line + 2;
        switch (kind)
        {
            case (byte)'+': return RedisReply.OfStatus(Line(at, line));
            case (byte)'-': return RedisReply.OfError(Line(at, line));
            case (byte)':': return RedisReply.OfNumber(Number(at, line));
            case (byte)'$':
                var length = Number(at, line);
                return length < 0 ? RedisReply.Null : RedisReply.OfBytes(await ReadBytesAsync(checked((int)length), cancellationToken));
            case (byte)'*':
                var count = Number(at, line);
                if (count < 0)
                    return RedisReply.Null;
                if (depth == MaxDepth)
                    throw new InvalidDataException("the reply of the server is nested too deep");
                var items = new RedisReply[count];
                for (var i = 0; i < items.Length; i++)
                    items[i] = await ReadAsync(depth + 1, cancellationToken);
                return RedisReply.OfItems(items);
            default:
                throw new InvalidDataException($"the server answered with byte {kind}, which begins no RESP2 reply: is this a Redis server, and is enableTLS right?");
        }
    }

    private async ValueTask<byte[]> ReadBytesAsync(int length, CancellationToken cancellationToken)
    {
        var bytes = new byte[length];
        var buffered = Math.Min(length, _end - _start);
        _buffer.AsSpan(_start, buffered).CopyTo(bytes);
        _start += buffered;
        while (buffered < length)
        {
            // A long value goes straight into its own array.
            var read = await stream.ReadAsync(bytes.AsMemory(buffered), cancellationToken);
            if (read == 0)
                throw new EndOfStreamException("the server closed the connection");
            buffered += read;
            Progress?.Invoke();
        }

        while (_end - _start < 2)
            await FillAsync(cancellationToken);
        _start += 2;
        return bytes;
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }
        else if (_end == _buffer.Length)
        {
            var kept = _end - _start;
            var target = kept > _buffer.Length / 2 ? new byte[_buffer.Length * 2] : _buffer;
            _buffer.AsSpan(_start, kept).CopyTo(target);
            (_buffer, _start, _end) = (target, 0, kept);
        }

        var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        if (read == 0)
            throw new EndOfStreamException("the server closed the connection");
        _end += read;
        Progress?.Invoke();
    }

    private string Line(int at, int line) => Encoding.UTF8.GetString(_buffer, at, line - 1);

    private long Number(int at, int line) =>
        Utf8Parser.TryParse(_buffer.AsSpan(at, line - 1), out long number, out var used) && used == line - 1
            ? number
            : throw new InvalidDataException($"the server answered '{Line(at, line)}' where a number was due");
}
