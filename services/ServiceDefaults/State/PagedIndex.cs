using System.Globalization;

namespace ServiceDefaults.State;

/// <summary>
/// A list that only grows, spread over shards so that writers seldom meet, each shard cut into pages so that no document becomes large. It stands in for listing keys, which no stable
/// Dapr API does.
/// </summary>
/// <param name="name">Prefix of the keys.</param>
/// <param name="shards">How many writers may work side by side.</param>
public sealed class PagedIndex(string name, int shards)
{
    private const int PageSize = 100;

    /// <summary>The document that a unit of work must name to add <paramref name="id"/>.</summary>
    public string HeadOf(string id) => Head((int)(StableHash(id) % (uint)shards));

    /// <summary>Adds an id that is not in the list: whoever calls has just created the thing itself in the same unit of work.</summary>
    public void Add(Changes changes, string id)
    {
        var key = HeadOf(id);
        var head = changes.Get<Page>(key) ?? new Page(0, []);
        if (head.Ids.Count < PageSize)
        {
            changes.Put(key, head with { Ids = [.. head.Ids, id] });
            return;
        }

        changes.Create($"{key}-{head.Number}", head);
        changes.Put(key, new Page(head.Number + 1, [id]));
    }

    /// <summary>Reads one page.</summary>
    /// <param name="work">The store.</param>
    /// <param name="after">Null to begin, then what the page before gave.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>Ids, and where the next page begins; null at the end.</returns>
    public async Task<(IReadOnlyList<string> Ids, string? Next)> ReadAsync(UnitOfWork work, string? after, CancellationToken cancellationToken)
    {
        var (shard, number) = Parse(after);
        while (shard < shards)
        {
            var head = await work.FindAsync<Page>(Head(shard), cancellationToken);
            if (head is null)
            {
                (shard, number) = (shard + 1, 0);
                continue;
            }

            var page = number < head.Number ? await work.FindAsync<Page>($"{Head(shard)}-{number}", cancellationToken) : head;
            var (nextShard, nextNumber) = number < head.Number ? (shard, number + 1) : (shard + 1, 0);
            return (page?.Ids ?? [], nextShard < shards ? $"{nextShard}.{nextNumber}" : null);
        }

        return ([], null);
    }

    /// <summary>Reads everything.</summary>
    public async Task<IReadOnlyList<string>> ReadAllAsync(UnitOfWork work, CancellationToken cancellationToken)
    {
        var all = new List<string>();
        string? next = null;
        do
        {
            (var ids, next) = await ReadAsync(work, next, cancellationToken);
            all.AddRange(ids);
        }
        while (next is not null);
        return all;
    }

    private string Head(int shard) => $"{name}-{shard}";

    private (int Shard, int Number) Parse(string? after)
    {
        if (after is null)
        {
            return (0, 0);
        }

        var parts = after.Split('.');
        return parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var shard)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && shard < shards
                ? (shard, number)
                : throw new ImpossibleRequestException($"'{after}' is not a place in the list: pass 'next' of the page before");
    }

    private static uint StableHash(string text) => text.Aggregate(17u, (hash, letter) => unchecked((hash * 31) + letter));

    /// <summary>One page; the head of a shard is its newest, numbered by the full pages before it.</summary>
    internal sealed record Page(int Number, IReadOnlyList<string> Ids);
}
