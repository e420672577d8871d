using System.Text.Json;

namespace PaymentProvider;

/// <summary>The provider's books: an append-only file, replayed at start.</summary>
public sealed class Books : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Stream _file;
    private readonly TimeProvider _clock;
    private readonly Dictionary<string, Account> _accounts = [];
    private readonly Dictionary<string, Entry> _answers = [];

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

    /// <summary>Answers a request; the same idempotency key always gets the same answer.</summary>
    /// <param name="reference">The merchant's reference.</param>
    /// <param name="key">The idempotency key.</param>
    /// <param name="decide">What to write, given the account.</param>
    public Entry Answer(string reference, string key, Func<Account, DateTimeOffset, Entry> decide)
    {
        lock (_lock)
        {
            if (_answers.TryGetValue(key, out var before))
            {
                return before;
            }

            var entry = decide(Find(reference), _clock.GetUtcNow());
            var line = JsonSerializer.SerializeToUtf8Bytes(entry);
            _file.Write([.. line, (byte)'\n']);
            _file.Flush();
            Remember(entry);
            return entry;
        }
    }

    public BookView View(string reference)
    {
        lock (_lock)
        {
            return Find(reference).ToView();
        }
    }

    public BookView Total()
    {
        lock (_lock)
        {
            var views = _accounts.Values.Select(account => account.ToView()).ToList();
            return new BookView("all", views.Sum(view => view.Held), views.Sum(view => view.Captured), views.Sum(view => view.Refunded));
        }
    }

    public Account Account(string reference)
    {
        lock (_lock)
        {
            return Find(reference);
        }
    }

    public void Dispose() => _file.Dispose();

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

    private Account Find(string reference) => _accounts.GetValueOrDefault(reference) ?? PaymentProvider.Account.None(reference);

    private void Remember(Entry entry)
    {
        _answers[entry.IdempotencyKey] = entry;
        if (entry.Accepted)
        {
            _accounts[entry.Reference] = Find(entry.Reference).With(entry);
        }
    }
}
