namespace Sidecar.Components.EmbeddedPubSub;

/// <summary>Reads the records of one segment in order through one buffer.</summary>
internal sealed class SegmentReader(Segment segment, long position)
{
    private byte[] _buffer = new byte[256 * 1024];
    private long _bufferStart = position;
    private int _bufferLength;

    /// <summary>Where the record that <see cref="TryPeek"/> shows starts.</summary>
    public long Position { get; private set; } = position;

    /// <summary>Shows the next record without going past it; false at the end of what is written, or where no record can be read.</summary>
    public bool TryPeek(out ReadOnlySpan<byte> record)
    {
        record = default;
        var left = segment.Length - Position;
        if (left < LogRecord.FixedSize || !Fill(LogRecord.FixedSize))
            return false;

        var length = LogRecord.MeasureAt(Window);
        if (length == 0 || length > left || !Fill(length))
            return false;

        record = Window[..length];
        return true;
    }

    /// <summary>Goes past a record of this length.</summary>
    public void Skip(int length) => Position += length;

    private ReadOnlySpan<byte> Window => _buffer.AsSpan((int)(Position - _bufferStart), _bufferLength - (int)(Position - _bufferStart));

    private bool Fill(int needed)
    {
        if (Position - _bufferStart <= _bufferLength && Window.Length >= needed)
            return true;

        if (_buffer.Length < needed)
            _buffer = new byte[needed];
        _bufferStart = Position;
        _bufferLength = 0;
        while (_bufferLength < needed)
        {
            var wanted = (int)Math.Min(_buffer.Length - _bufferLength, segment.Length - _bufferStart - _bufferLength);
            var read = wanted <= 0 ? 0 : segment.Read(_buffer.AsSpan(_bufferLength, wanted), _bufferStart + _bufferLength);
            if (read == 0)
                return false;
            _bufferLength += read;
        }

        return true;
    }
}
