using ServiceDefaults.State;
using Sidecar.Testing;

namespace Services.Tests.Defaults;

/// <summary>The list that stands in for listing keys, against a real sidecar and SQLite.</summary>
public sealed class PagedIndexTests : IAsyncLifetime
{
    private TestSidecar _sidecar = null!;
    private Replica _replica = null!;

    private UnitOfWork Store => _replica.Work;

    public async Task InitializeAsync()
    {
        _sidecar = await TestSidecar.For("counting").WithoutApp().WithSqliteState("statestore").StartAsync();
        _replica = new Replica(_sidecar);
    }

    public async Task DisposeAsync()
    {
        await _replica.DisposeAsync();
        await _sidecar.DisposeAsync();
    }

    [Theory]
    [InlineData(1, 32)]
    [InlineData(99, 4)]
    [InlineData(450, 1)]
    [InlineData(450, 4)]
    public async Task Every_id_is_read_once_page_by_page_and_at_once(int count, int shards)
    {
        var index = new PagedIndex("things", shards);
        string[] ids = [.. Enumerable.Range(0, count).Select(number => $"thing-{number:D4}")];
        await AddAsync(index, ids);

        var read = new List<string>();
        string? next = null;
        do
        {
            (var page, next) = await index.ReadAsync(Store, next, default);
            read.AddRange(page);
        }
        while (next is not null);

        Assert.Equal(ids, read.Order());
        Assert.Equal(ids, (await index.ReadAllAsync(Store, default)).Order());
    }

    [Fact]
    public async Task Shards_that_hold_little_share_a_page()
    {
        var index = new PagedIndex("things", shards: 32);
        await AddAsync(index, [.. Enumerable.Range(0, 60).Select(number => $"thing-{number}")]);

        var (ids, next) = await index.ReadAsync(Store, null, default);

        Assert.Equal(60, ids.Count);
        Assert.Null(next);
    }

    [Fact]
    public async Task The_version_changes_with_what_is_added_or_touched_and_with_nothing_else()
    {
        var index = new PagedIndex("things", shards: 4);
        var empty = await index.VersionAsync(Store, default);
        await AddAsync(index, ["a"]);
        var one = await index.VersionAsync(Store, default);
        await index.ReadAllAsync(Store, default);
        var still = await index.VersionAsync(Store, default);
        await Store.RunAsync(new Work(null, Origin.Call, index.HeadOf("a")), changes => Touch(changes, index), default);
        var touched = await index.VersionAsync(Store, default);

        Assert.Equal(one, still);
        Assert.Equal(3, new[] { empty, one, touched }.Distinct().Count());
    }

    private static int Touch(Changes changes, PagedIndex index)
    {
        index.Touch(changes, "a");
        return 0;
    }

    private async Task AddAsync(PagedIndex index, IReadOnlyList<string> ids)
    {
        foreach (var shard in ids.GroupBy(index.HeadOf))
        {
            await Store.RunAsync(
                new Work(null, Origin.Call, shard.Key),
                changes =>
                {
                    foreach (var id in shard)
                    {
                        index.Add(changes, id);
                    }

                    return 0;
                },
                default);
        }
    }
}
