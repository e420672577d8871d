using System.Net;
using System.Text.Json;
using Dapr.Protocol.Common.V1;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Runtime.V1;
using static Sidecar.Tests.Outbox.OutboxPlace;

namespace Sidecar.Tests.Outbox;

/// <summary>What Dapr's outbox refuses, and what becomes of announcements whose transaction is not there.</summary>
public sealed class OutboxFailureTests
{
    private static readonly string s_refusedByETag = """{"operation":"upsert","request":{"key":"1","value":"new","etag":"no-such-version"}}""";

    [Fact]
    public async Task Without_the_pubsub_component_nothing_is_saved()
    {
        await using var place = await StartAsync(withPubSub: false);

        await RefusedAsync(await place.TransactAsync(Upsert("1", "1")), "is not found");
        var error = await Assert.ThrowsAsync<GrpcException>(() => place.Grpc.UnaryAsync(DaprMethods.ExecuteStateTransaction, new ExecuteStateTransactionRequest
        {
            StoreName = "store",
            Operations = { new TransactionalStateOperation { OperationType = "upsert", Request = new StateItem { Key = "1" } } },
        }));

        Assert.Equal(GrpcStatusCode.Internal, error.StatusCode);
        Assert.Empty(await place.KeysAsync());
    }

    [Fact]
    public async Task A_component_of_another_name_is_refused_too()
    {
        await using var place = await StartAsync(outbox: new() { ["outboxPubsub"] = "nowhere" });

        await RefusedAsync(await place.TransactAsync(Upsert("1", "1")), "pubsub nowhere is not found");
        Assert.Empty(await place.KeysAsync());
    }

    [Fact]
    public async Task An_internal_topic_that_the_scopes_do_not_allow_is_refused()
    {
        await using var place = await StartAsync(pubsubMetadata: new() { ["allowedTopics"] = Topic });

        await RefusedAsync(await place.TransactAsync(Upsert("1", "1")), "topic shopchangesoutbox is not allowed for app id shop");
        Assert.Empty(await place.KeysAsync());
    }

    [Fact]
    public async Task Two_projections_in_one_transaction_are_refused()
    {
        await using var place = await StartAsync();
        var projection = Upsert("1", "3", """{"outbox.projection":"true"}""");

        await RefusedAsync(await place.TransactAsync($"{Upsert("1", "2")},{projection},{projection}"), "one operation with outbox.projection");
        Assert.Empty(await place.KeysAsync());
    }

    [Fact]
    public async Task A_projection_without_its_upsert_is_neither_saved_nor_told()
    {
        await using var place = await StartAsync();

        await place.CommitAsync($$$"""{{{Upsert("1", "\"2\"")}}},{{{Upsert("other", "\"3\"", """{"outbox.projection":"true"}""")}}}""");

        Assert.Equal("2", (await place.NextEventAsync()).GetProperty("data").GetString());
        await place.UntilKeysAsync("shop||1");
        Assert.Single(place.App.Received);
    }

    [Fact]
    public async Task A_transaction_that_the_store_refuses_is_announced_but_never_told()
    {
        await using var place = await StartAsync("state.sqlite", "pubsub.embedded", outbox: new() { ["outboxDiscardWhenMissingState"] = "true" });
        var (announced, subscription) = await place.ListenAsync("shopchangesoutbox");
        await using var _ = subscription;

        using var answer = await place.TransactAsync(s_refusedByETag);
        Assert.Contains("ERR_STATE_TRANSACTION", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await GiveUpAsync(place);
        await place.CommitAsync(Upsert("2", "\"told\""));
        var told = await place.NextEventAsync();

        Assert.Equal("told", told.GetProperty("data").GetString());
        Assert.Equal(2, announced.Count);
        Assert.Single(place.App.Received);
        await UntilNothingWaitsAsync(place);
    }

    [Fact]
    public async Task An_announcement_without_a_marker_goes_back_to_the_broker_and_is_told_once_the_marker_is_there()
    {
        await using var place = await StartAsync("state.sqlite", "pubsub.embedded");
        var (announced, subscription) = await place.ListenAsync("shopchangesoutbox");
        await using var _ = subscription;
        using var answer = await place.TransactAsync(s_refusedByETag);
        await GiveUpAsync(place);

        // The broker tries again after its own pause, as for any message that could not be handled. The marker is what it waits for.
        using var announcement = JsonDocument.Parse((await announced.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30))).Data);
        await place.Store.ExecuteAsync(new Runtime.State.SetState(announcement.RootElement.GetProperty("id").GetString()!, "0"u8.ToArray()), default);
        await place.Time.AdvanceToTimerAsync(TimeSpan.FromSeconds(1));

        Assert.Equal("new", (await place.NextEventAsync()).GetProperty("data").GetString());
        await place.UntilKeysAsync();
        await UntilNothingWaitsAsync(place);
    }

    private static async Task RefusedAsync(HttpResponseMessage answer, string why)
    {
        var error = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal((HttpStatusCode.InternalServerError, "ERR_PUBLISH_OUTBOX"), (answer.StatusCode, error.GetProperty("errorCode").GetString()));
        Assert.StartsWith("error while publishing outbox message: ", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains(why, error.GetProperty("message").GetString(), StringComparison.Ordinal);
        answer.Dispose();
    }

    /// <summary>A second, then looks after 0.5, 2, 5 and 8 s more: the first pass of an announcement.</summary>
    private static async Task GiveUpAsync(OutboxPlace place)
    {
        foreach (var pause in new[] { 1, 0.5, 1.5, 3, 3 })
        {
            await place.Time.WaitForTimerAsync(left => left == TimeSpan.FromSeconds(pause));
            place.Time.Advance(TimeSpan.FromSeconds(pause));
        }
    }

    private static async Task UntilNothingWaitsAsync(OutboxPlace place)
    {
        var broker = ((Sidecar.Components.EmbeddedPubSub.EmbeddedBrokerPubSub)place.Sidecar.Context.Components.PubSubs["pubsub"].Instance).Broker;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (broker.Status().Any(group => group.Pending > 0))
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
