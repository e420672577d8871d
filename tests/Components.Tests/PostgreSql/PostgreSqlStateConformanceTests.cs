using Conformance;
using Sidecar.Runtime.State;
using Sidecar.Servers;

namespace Components.Tests.PostgreSql;

[NeedsServer("postgresql")]
public sealed class PostgreSqlStateV1ConformanceTests(SharedServer<PostgreSqlServer> server) : PostgreSqlStateConformance(server, "v1"), IClassFixture<SharedServer<PostgreSqlServer>>
{
    protected override StateStorePromises Promises => base.Promises with { ForeignETag = "4000000000" };

    [ConformanceFact]
    public async Task An_etag_that_is_no_number_is_invalid() =>
        await Assert.ThrowsAsync<InvalidETagException>(() => Store.ExecuteAsync(Set("k", "1") with { ETag = "abc" }, CancellationToken.None).AsTask());
}

[NeedsServer("postgresql")]
public sealed class PostgreSqlStateV2ConformanceTests(SharedServer<PostgreSqlServer> server) : PostgreSqlStateConformance(server, "v2"), IClassFixture<SharedServer<PostgreSqlServer>>
{
    [ConformanceFact]
    public async Task An_etag_that_is_no_uuid_matches_nothing() =>
        await Assert.ThrowsAsync<ETagMismatchException>(() => Store.ExecuteAsync(Set("k", "1") with { ETag = "abc" }, CancellationToken.None).AsTask());
}

public abstract class PostgreSqlStateConformance(SharedServer<PostgreSqlServer> server, string version) : StateStoreConformance
{
    private PostgreSqlPlace? _place;

    protected override StateStorePromises Promises => new() { ClockPrecision = TimeSpan.FromSeconds(1) };

    protected override DateTimeOffset Now => DateTimeOffset.UtcNow;

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _place!.DisposeAsync();
    }

    [ConformanceFact]
    public async Task What_was_saved_is_there_after_the_store_is_opened_again()
    {
        await Store.ExecuteAsync(Set("k", "1"), CancellationToken.None);
        await Store.DisposeAsync();
        await using var again = await _place!.OpenAsync(version);
        Assert.Equal("1", Text(await again.GetAsync("k", CancellationToken.None)));
    }

    protected override async Task<IStateStore> OpenAsync()
    {
        _place = new PostgreSqlPlace(server.Server);
        return await _place.OpenAsync(version);
    }

    protected override Task PassAsync(TimeSpan time) => _place!.AgeAsync(version, time);
}
