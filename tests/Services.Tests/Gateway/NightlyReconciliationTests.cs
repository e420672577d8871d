namespace Services.Tests.Gateway;

/// <summary>The books are compared every night by a Dapr job, on the clock of the sidecar.</summary>
public sealed class NightlyReconciliationTests
{
    private static readonly DateTimeOffset _firstNight = GatewayWithNeighbours.Evening.AddHours(6.5);

    [Fact]
    public async Task Every_night_the_books_are_compared_and_what_was_found_is_shown()
    {
        await using var gateway = await GatewayWithNeighbours.StartAsync();
        Assert.Null(await gateway.LastAsync());

        gateway.Pass(TimeSpan.FromHours(6.5));
        var first = (await gateway.LastAsync(_firstNight)).Report;
        gateway.CapturedByProvider = 40m;
        gateway.Pass(TimeSpan.FromDays(1));
        var second = (await gateway.LastAsync(_firstNight.AddDays(1))).Report;

        Assert.Equal((true, true, true, 0, 1), (first.Stock, first.Money, first.Shipments, first.Stuck, first.Orders));
        Assert.Equal((true, false, true), (second.Stock, second.Money, second.Shipments));
        Assert.Contains("money of ord-1", Assert.Single(second.Details), StringComparison.Ordinal);
        Assert.Equal(2, gateway.ProviderAsked);
    }

    [Fact]
    public async Task A_night_in_which_a_partner_is_down_is_made_up_for_when_it_is_back()
    {
        await using var gateway = await GatewayWithNeighbours.StartAsync();
        gateway.IsProviderDown = true;

        gateway.Pass(TimeSpan.FromHours(6.5));
        await gateway.PassUntilAsync(TimeSpan.FromSeconds(20), () => gateway.ProviderAsked > 2);
        Assert.Null(await gateway.LastAsync());
        gateway.IsProviderDown = false;

        Assert.True((await gateway.PassUntilAsync(TimeSpan.FromSeconds(20), () => gateway.LastAsync())).Report.Money);
    }

    [Fact]
    public async Task Starting_again_leaves_one_job_that_is_due_when_it_was()
    {
        await using var gateway = await GatewayWithNeighbours.StartAsync();

        await gateway.RestartAsync();
        gateway.Pass(TimeSpan.FromHours(6.5));

        Assert.True((await gateway.LastAsync(_firstNight)).Report.Money);
        Assert.Equal(1, gateway.ProviderAsked);
    }
}
