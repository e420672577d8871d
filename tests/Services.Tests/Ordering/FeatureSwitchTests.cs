using Ordering.Contracts;

namespace Services.Tests.Ordering;

/// <summary>Switches that an operator flips while the service runs.</summary>
public sealed class FeatureSwitchTests
{
    [Fact]
    public async Task New_orders_are_paused_and_taken_again_without_a_restart()
    {
        await using var ordering = await OrderingWithItsSidecar.StartAsync("{}");
        Assert.Equal(202, await ordering.SubmitAsync("ord-1"));

        await ordering.WriteAsync("""{ "new-orders-paused": true }""");
        await ordering.SwitchBecomesAsync("new-orders-paused", "true");
        var refused = await ordering.SubmitAsync("ord-2");
        var known = await ordering.SubmitAsync("ord-1");

        await ordering.WriteAsync("{}");
        await ordering.SwitchBecomesAsync("new-orders-paused", "false");
        Assert.Equal((503, 200, 202), (refused, known, await ordering.SubmitAsync("ord-2")));
    }

    [Fact]
    public async Task The_threshold_of_approval_moves_and_a_value_that_is_none_changes_nothing()
    {
        await using var ordering = await OrderingWithItsSidecar.StartAsync("""{ "approval-threshold": 500 }""");
        await ordering.SwitchBecomesAsync("approval-threshold", "500");
        Assert.Equal(ApprovalStatus.Waiting, await ordering.ArriveAsync("ord-1", 600));

        await ordering.WriteAsync("""{ "approval-threshold": "700.50||v2" }""");
        await ordering.SwitchBecomesAsync("approval-threshold", "700.50");
        Assert.Equal(ApprovalStatus.Approved, await ordering.ArriveAsync("ord-2", 600));

        await ordering.WriteAsync("""{ "approval-threshold": "a lot" }""");
        await ordering.SaysAsync("Switch approval-threshold cannot be 'a lot' and stays 700.50");
        Assert.Equal(ApprovalStatus.Approved, await ordering.ArriveAsync("ord-3", 700.50m));
    }

    [Fact]
    public async Task Without_a_configuration_store_the_switches_are_as_they_normally_are_and_it_is_said_once()
    {
        await using var ordering = await OrderingWithItsSidecar.StartAsync(null);
        await ordering.SaysAsync("There is no component 'configuration'");

        Assert.Equal(ApprovalStatus.Approved, await ordering.ArriveAsync("ord-1", 1_000));
        Assert.Equal(ApprovalStatus.Waiting, await ordering.ArriveAsync("ord-2", 1_000.01m));
        Assert.Equal(1, ordering.Says("There is no component 'configuration'"));
    }
}
