using Conformance;
using Sidecar.Runtime.State;

namespace Sidecar.Tests.Components;

public sealed class InMemoryStateTests : StateStoreConformance
{
    private readonly ComponentPlace _place = new();

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _place.DisposeAsync();
    }

    [Fact]
    public async Task Instances_of_one_app_share_their_state_and_other_apps_do_not_see_it()
    {
        var replica = await OpenAsync();
        var other = await _place.MakeAsync<IStateStore>("state.in-memory", [], Clock, appId: "other");
        await Store.ExecuteAsync(Set("k", "1"), CancellationToken.None);

        Assert.Equal("1", Text(await replica.GetAsync("k", CancellationToken.None)));
        Assert.Null(await other.GetAsync("k", CancellationToken.None));
        await replica.DisposeAsync();
        Assert.Equal("1", Text(await Store.GetAsync("k", CancellationToken.None)));
        await other.DisposeAsync();
    }

    protected override Task<IStateStore> OpenAsync() => _place.MakeAsync<IStateStore>("state.in-memory", [], Clock);
}
