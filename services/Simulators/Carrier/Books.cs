using System.Text.Json;

namespace Carrier;

/// <summary>One line of the carrier's books.</summary>
/// <param name="At">When it was written.</param>
/// <param name="Reference">The shipper's reference: an order.</param>
/// <param name="What">booked, refused or cancelled.</param>
/// <param name="TrackingNumber">Set when booked.</param>
/// <param name="Reason">Set when refused.</param>
public sealed record Entry(DateTimeOffset At, string Reference, string What, string? TrackingNumber, string? Reason);

/// <summary>What the carrier knows of one reference.</summary>
public sealed record BookView(string Reference, bool Booked);

/// <summary>The carrier's books: an append-only file, replayed at start. The last entry of a reference holds.</summary>
public sealed class Books : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Stream _file;
    private readonly TimeProvider _clock;
    private readonly Dictionary<string, Entry> _last = [];
    private int _booked;

    /// <param name="file">What was written so far; the books own it.</param>
    /// <param name="clock">Dates the entries.</param>
    public Books(Stream file, TimeProvider clock)
    {
        _file = file;
        _clock = clock;
        Replay();
    }

    /// <summary>The books in a folder.</summary>
    public static Books Open(string folder, TimeProvider clock)
    {
        Directory.CreateDirectory(folder);
        return new Books(new FileStream(Path.Combine(folder, "books.jsonl"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read), clock);
    }

    /// <summary>Books a parcel once: a repeat gets the first answer, and a cancelled reference is refused.</summary>
    public Entry Book(string reference, string? refusal)
    {
        lock (_lock)
        {
            return _last.GetValueOrDefault(reference) switch
            {
                { What: "cancelled" } => new Entry(_clock.GetUtcNow(), reference, "refused", null, "the reference was cancelled"),
                { } before => before,
                null when refusal is not null => Write(new Entry(_clock.GetUtcNow(), reference, "refused", null, refusal)),
                null => Write(new Entry(_clock.GetUtcNow(), reference, "booked", $"TRK{_booked + 1:D8}", null)),
            };
        }
    }

    /// <summary>Nobody comes, whatever was booked.</summary>
    public Entry Cancel(string reference)
    {
        lock (_lock)
        {
            return _last.GetValueOrDefault(reference) is { What: "cancelled" } before ? before : Write(new Entry(_clock.GetUtcNow(), reference, "cancelled", null, null));
        }
    }

    public BookView View(string reference)
    {
        lock (_lock)
        {
            return new BookView(reference, _last.GetValueOrDefault(reference) is { What: "booked" });
        }
    }

    public void Dispose() => _file.Dispose();

    private Entry Write(Entry entry)
    {
        _file.Write([.. JsonSerializer.SerializeToUtf8Bytes(entry), (byte)'\n']);
        _file.Flush();
        Remember(entry);
        return entry;
    }

    private void Replay()
    {
        var end = 0L;
        using (var reader = new StreamReader(_file, leaveOpen: true))
        {
            while (reader.ReadLine() is { } line)
            {
                try
                {
                    Remember(JsonSerializer.Deserialize<Entry>(line)!);
                    end += System.Text.Encoding.UTF8.GetByteCount(line) + 1;
                }
                catch (JsonException)
                {
                    // The last line of a process that was killed while writing it: nobody got its answer.
                    break;
                }
            }
        }

        _file.SetLength(Math.Min(end, _file.Length));
        _file.Seek(0, SeekOrigin.End);
    }

    private void Remember(Entry entry)
    {
        _last[entry.Reference] = entry;
        _booked += entry.What == "booked" ? 1 : 0;
    }
}
