using System.Globalization;
using System.Security.Cryptography;
using System.Text;

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

        changes.Create(Full(key, head.Number), head);
        changes.Put(key, new Page(head.Number + 1, [id]));
    }

    /// <summary>Marks the list as changed because something in it was: <see cref="VersionAsync"/> tells.</summary>
    public void Touch(Changes changes, string id)
    {
        var key = HeadOf(id);
        changes.Put(key, changes.Get<Page>(key) ?? new Page(0, []));
    }

    /// <summary>One read: another text than before when something was added or touched since.</summary>
    public async Task<string> VersionAsync(UnitOfWork work, CancellationToken cancellationToken)
    {
        var heads = await work.FindByKeyAsync<Page>([.. Enumerable.Range(0, shards).Select(Head)], cancellationToken);
        var versions = string.Join('/', Enumerable.Range(0, shards).Select(shard => heads.GetValueOrDefault(Head(shard))?.Version));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(versions)).AsSpan(0, 16));
    }

    /// <summary>Reads a good page, of several shards where they hold little.</summary>
    /// <param name="work">The store.</param>
    /// <param name="after">Null to begin, then what the page before gave.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>Ids, and where the next page begins; null at the end.</returns>
    public async Task<(IReadOnlyList<string> Ids, string? Next)> ReadAsync(UnitOfWork work, string? after, CancellationToken cancellationToken)
    {
        var (shard, number) = Parse(after);
        var heads = await work.FindByKeyAsync<Page>([.. Enumerable.Range(shard, shards - shard).Select(Head)], cancellationToken);
        var ids = new List<string>();
        for (; shard < shards; shard++, number = 0)
        {
            var head = heads.GetValueOrDefault(Head(shard))?.Document ?? new Page(0, []);
            for (; number <= head.Number; number++)
            {
                if (ids.Count >= PageSize)
                {
                    return (ids, $"{shard}.{number}");
                }

                var page = number < head.Number ? await work.FindAsync<Page>(Full(Head(shard), number), cancellationToken) : head;
                ids.AddRange(page?.Ids ?? []);
            }
        }

        return (ids, null);
    }

    /// <summary>Reads everything.</summary>
    public async Task<IReadOnlyList<string>> ReadAllAsync(UnitOfWork work, CancellationToken cancellationToken)
    {
        var heads = await work.FindByKeyAsync<Page>([.. Enumerable.Range(0, shards).Select(Head)], cancellationToken);
        var full = await work.FindAllAsync<Page>([.. heads.SelectMany(head => Enumerable.Range(0, head.Value.Document.Number).Select(number => Full(head.Key, number)))], cancellationToken);
        return [.. full.Concat(heads.Values.Select(head => head.Document)).SelectMany(page => page.Ids)];
    }

    private static string Full(string head, int number) => $"{head}-{number}";

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
