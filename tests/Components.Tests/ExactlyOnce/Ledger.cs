using System.Globalization;
using System.Text;
using Conformance;
using Sidecar.Runtime.PubSub;
using Sidecar.Runtime.State;

namespace Components.Tests.ExactlyOnce;

/// <summary>
/// The effect of events on state, as a service has it: for each key a sum, the numbers that came too early, and the next number expected, written with an ETag in one transaction.
/// An event that is repeated finds itself applied already; a conflict is decided by reading again.
/// </summary>
internal sealed class Ledger(IStateStore store)
{
    private int _repeated;
    private int _early;

    /// <summary>Deliveries that found their event applied already.</summary>
    public int Repeated => Volatile.Read(ref _repeated);

    /// <summary>Events that came before one of the same key that was published earlier.</summary>
    public int Early => Volatile.Read(ref _early);

    public async Task ApplyAsync(PubSubMessage message, CancellationToken cancellationToken)
    {
        var parts = Encoding.UTF8.GetString(message.Data.Span).Split(' ');
        var (key, number) = (parts[0], int.Parse(parts[1], CultureInfo.InvariantCulture));
        while (!await TryApplyAsync(key, number, cancellationToken))
        {
        }
    }

    /// <summary>How many events of a key have had their effect, each counted once.</summary>
    public async Task<Account> AccountAsync(string key) => (await ReadAsync(key, CancellationToken.None)).Account;

    private async Task<bool> TryApplyAsync(string key, int number, CancellationToken cancellationToken)
    {
        var (account, etag) = await ReadAsync(key, cancellationToken);
        if (account.Has(number))
        {
            Interlocked.Increment(ref _repeated);
            return true;
        }

        if (number > account.Next)
            Interlocked.Increment(ref _early);
        try
        {
            await store.ExecuteAsync(new SetState(key, account.With(number).ToBytes(), etag, FirstWrite: etag is null), cancellationToken);
            return true;
        }
        catch (ETagMismatchException)
        {
            return false;
        }
    }

    private async Task<(Account Account, string? ETag)> ReadAsync(string key, CancellationToken cancellationToken) =>
        await store.GetAsync(key, cancellationToken) is { } item ? (Account.Parse(item.Value.Span), item.ETag) : (new Account(0, 0, []), null);
}

/// <summary>State of one key.</summary>
/// <param name="Next">Every number below has had its effect.</param>
/// <param name="Sum">The effect.</param>
/// <param name="Ahead">Numbers above <paramref name="Next"/> that had theirs.</param>
internal sealed record Account(int Next, long Sum, IReadOnlyList<int> Ahead)
{
    public bool Has(int number) => number < Next || Ahead.Contains(number);

    public Account With(int number)
    {
        var ahead = new SortedSet<int>(Ahead) { number };
        var next = Next;
        while (ahead.Remove(next))
        {
            next++;
        }

        return new Account(next, Sum + number, [.. ahead]);
    }

    public byte[] ToBytes() => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Next};{Sum};{string.Join(',', Ahead)}"));

    public static Account Parse(ReadOnlySpan<byte> bytes)
    {
        var parts = Encoding.ASCII.GetString(bytes).Split(';');
        return new Account(
            int.Parse(parts[0], CultureInfo.InvariantCulture), long.Parse(parts[1], CultureInfo.InvariantCulture),
            [.. parts[2].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(number => int.Parse(number, CultureInfo.InvariantCulture))]);
    }
}
