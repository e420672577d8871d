using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Sidecar.Components.EmbeddedPubSub;

/// <summary>One file of the log. Only the writer appends; anyone reads below <see cref="Length"/>, which is what has been flushed.</summary>
internal sealed class Segment : IDisposable
{
    public const int HeaderSize = 8;
    private static readonly byte[] Header = "DAPRLOG1"u8.ToArray();
    private readonly SafeFileHandle _handle;
    private long _length;
    private int _live;

    private Segment(long id, string path, SafeFileHandle handle, long length, DateTimeOffset lastWrite)
    {
        Id = id;
        Path = path;
        _handle = handle;
        _length = length;
        LastWrite = lastWrite;
    }

    public long Id { get; }

    public string Path { get; }

    /// <summary>End of what is durable.</summary>
    public long Length => Volatile.Read(ref _length);

    /// <summary>When a message was last added; messages nobody subscribes to are kept for a while after it.</summary>
    public DateTimeOffset LastWrite { get; private set; }

    /// <summary>Messages by topic; guarded by the broker's lock.</summary>
    public Dictionary<string, int> MessagesByTopic { get; } = [];

    /// <summary>Messages that a group has still to acknowledge, counted once for each such group, and readers that hold the segment.</summary>
    public int Live => Volatile.Read(ref _live);

    public static Segment Create(string directory, long id, DateTimeOffset now)
    {
        var path = System.IO.Path.Combine(directory, FileName(id));
        var handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
        try
        {
            RandomAccess.Write(handle, Header, 0);
            RandomAccess.FlushToDisk(handle);
            return new Segment(id, path, handle, HeaderSize, now);
        }
        catch
        {
            handle.Dispose();
            File.Delete(path);
            throw;
        }
    }

    /// <summary>Opens a file of an earlier run; its length is what <see cref="Commit"/> and <see cref="CutAt"/> make of it.</summary>
    /// <exception cref="InvalidDataException">The file is no segment.</exception>
    public static Segment Open(string path)
    {
        var id = long.Parse(System.IO.Path.GetFileNameWithoutExtension(path), CultureInfo.InvariantCulture);
        var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
        try
        {
            var length = RandomAccess.GetLength(handle);
            Span<byte> header = stackalloc byte[HeaderSize];
            var read = RandomAccess.Read(handle, header, 0);
            if (read < HeaderSize || !header.SequenceEqual(Header))
            {
                // The header is flushed before the first message: a file that holds more has one, or is not ours.
                if (length > HeaderSize)
                    throw new InvalidDataException($"'{path}' is not a segment of the embedded broker's log; move it away if it is not needed");
                RandomAccess.Write(handle, Header, 0);
                length = HeaderSize;
            }

            return new Segment(id, path, handle, length, File.GetLastWriteTimeUtc(path));
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    public static string FileName(long id) => id.ToString("D12", CultureInfo.InvariantCulture) + ".log";

    /// <summary>Writes at the end and flushes; nothing counts as written until <see cref="Commit"/>.</summary>
    public void WriteThrough(IReadOnlyList<ReadOnlyMemory<byte>> buffers)
    {
        RandomAccess.Write(_handle, buffers, Length);
        RandomAccess.FlushToDisk(_handle);
    }

    public void Commit(long bytes, DateTimeOffset now)
    {
        LastWrite = now;
        Volatile.Write(ref _length, _length + bytes);
    }

    /// <summary>Cuts off what follows <paramref name="length"/>.</summary>
    public void CutAt(long length)
    {
        RandomAccess.SetLength(_handle, length);
        RandomAccess.FlushToDisk(_handle);
        Volatile.Write(ref _length, length);
    }

    public int Read(Span<byte> buffer, long position) => RandomAccess.Read(_handle, buffer, position);

    public void AddLive(int count) => Interlocked.Add(ref _live, count);

    /// <summary>Counts one down; true when nothing is live any more.</summary>
    public bool ReleaseLive() => Interlocked.Decrement(ref _live) == 0;

    public void Delete()
    {
        Dispose();
        File.Delete(Path);
    }

    public void Dispose() => _handle.Dispose();
}
