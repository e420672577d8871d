using System.Net;
using System.Net.Http.Json;
using Baskets.Contracts;
using Microsoft.AspNetCore.Http;
using ServiceDefaults;

namespace Services.Tests.Baskets;

/// <summary>A basket as an actor: on the wire, through a sidecar, with its reminders.</summary>
public sealed class BasketServiceTests
{
    [Fact]
    public async Task A_basket_is_filled_and_becomes_an_order_once()
    {
        await using var world = await BasketsWithNeighbours.StartAsync();
        await world.PutAsync("17850", 1);
        var filled = await world.PutAsync("17850", 3);

        using var checkedOut = await world.CheckOutAsync("17850", "ord-1");
        using var again = await world.CheckOutAsync("17850", "ord-1");
        using var empty = await world.CheckOutAsync("17850", "ord-2");

        Assert.Equal((13.50m, "a mug"), (filled.Total, Assert.Single(filled.Items).Description));
        Assert.Equal(
            (HttpStatusCode.Accepted, HttpStatusCode.Accepted, HttpStatusCode.Conflict), (checkedOut.StatusCode, again.StatusCode, empty.StatusCode));
        Assert.Equal("ord-1", (await checkedOut.Content.ReadFromJsonAsync<CheckedOut>(WireJson.Options))!.OrderId);
        var order = Assert.Single(world.Orders);
        Assert.Equal(("ord-1", "17850", "MUG", 3), (order.OrderId, order.CustomerId, order.Lines[0].Sku, order.Lines[0].Quantity));
        Assert.Empty((await world.ViewAsync("17850")).Items);
    }

    [Fact]
    public async Task Baskets_of_customers_are_their_own_and_can_be_emptied()
    {
        await using var world = await BasketsWithNeighbours.StartAsync();
        await Task.WhenAll(Enumerable.Range(1, 8).Select(number => world.PutAsync($"c-{number}", number)));

        using var removed = await world.SendAsync(HttpMethod.Delete, "c-1/items/MUG");
        using var cleared = await world.SendAsync(HttpMethod.Delete, "c-2");

        Assert.Empty((await world.ViewAsync("c-1")).Items);
        Assert.Empty((await world.ViewAsync("c-2")).Items);
        Assert.Equal(8, (await world.ViewAsync("c-8")).Items[0].Quantity);
        Assert.Empty((await world.ViewAsync("nobody")).Items);
    }

    [Fact]
    public async Task A_product_that_nobody_sells_is_not_found()
    {
        await using var world = await BasketsWithNeighbours.StartAsync();

        using var response = await world.SendAsync(HttpMethod.Put, "17850/items/HAT", new PutItem(1));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains("HAT", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_checkout_that_ordering_refuses_leaves_the_basket_to_its_customer()
    {
        await using var world = await BasketsWithNeighbours.StartAsync();
        world.OrderingAnswers = StatusCodes.Status409Conflict;
        await world.PutAsync("17850", 1);

        using var refused = await world.CheckOutAsync("17850", "ord-1");
        world.OrderingAnswers = StatusCodes.Status202Accepted;
        var changed = await world.PutAsync("17850", 2);

        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Equal((2, null), (changed.Items[0].Quantity, changed.CheckingOut));
    }

    [Fact]
    public async Task A_checkout_while_ordering_is_down_fixes_the_basket_and_is_done_by_a_reminder()
    {
        await using var world = await BasketsWithNeighbours.StartAsync(("Baskets:AskOrderingAgain", "00:00:01"));
        world.OrderingAnswers = StatusCodes.Status503ServiceUnavailable;
        await world.PutAsync("17850", 1);

        using var accepted = await world.CheckOutAsync("17850", "ord-1");
        using var changed = await world.SendAsync(HttpMethod.Put, "17850/items/MUG", new PutItem(9));
        var asked = world.Orders.Count;
        world.OrderingAnswers = StatusCodes.Status202Accepted;
        var basket = await world.BecomesAsync("17850", basket => basket.CheckingOut is null);

        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Conflict), (accepted.StatusCode, changed.StatusCode));
        Assert.Empty(basket.Items);
        Assert.True(world.Orders.Count > asked, "nobody asked Ordering again");
        Assert.All(world.Orders, order => Assert.Equal(("ord-1", 1), (order.OrderId, order.Lines[0].Quantity)));
    }

    [Fact]
    public async Task A_basket_that_is_left_alone_forgets_itself()
    {
        await using var world = await BasketsWithNeighbours.StartAsync(("Baskets:ForgetAfter", "00:00:01"));
        var filled = await world.PutAsync("17850", 1);

        var forgotten = await world.BecomesAsync("17850", basket => basket.Items.Count == 0);

        Assert.Equal((1, 0m), (filled.Items.Count, forgotten.Total));
    }
}
