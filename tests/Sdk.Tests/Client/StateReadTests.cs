using Dapr;
using Dapr.Client;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Runtime.V1;
using Google.Protobuf;
using Sdk.Tests.Sidecar;
using Consistency = Dapr.Protocol.Common.V1.StateOptions.Types.StateConsistency;

namespace Sdk.Tests.Client;

public sealed class StateReadTests
{
    private sealed record Basket(string Owner, int Count);

    private static readonly GetStateResponse Stored = new() { Data = ByteString.CopyFromUtf8("""{"owner":"ann","count":3}"""), Etag = "7" };

    [Fact]
    public async Task A_value_is_read_with_its_etag()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s.Answer(DaprMethods.GetState, _ => Stored));
        using var client = sidecar.CreateClient();

        var (value, etag) = await client.GetStateAndETagAsync<Basket>(
            "store", "k", ConsistencyMode.Strong, new Dictionary<string, string> { ["partitionKey"] = "p" });

        Assert.Equal((new Basket("ann", 3), "7"), (value, etag));
        var request = sidecar.Only<GetStateRequest>();
        Assert.Equal(("store", "k", Consistency.ConsistencyStrong), (request.StoreName, request.Key, request.Consistency));
        Assert.Equal("p", request.Metadata["partitionKey"]);
    }

    [Fact]
    public async Task An_absent_key_reads_as_the_default_value_and_an_empty_etag()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s.Answer(DaprMethods.GetState));
        using var client = sidecar.CreateClient();

        Assert.Null(await client.GetStateAsync<Basket>("store", "k"));
        Assert.Equal(0, await client.GetStateAsync<int>("store", "k"));
        Assert.Equal((null!, string.Empty), await client.GetStateAndETagAsync<string>("store", "k"));
        Assert.Equal(0, (await client.GetByteStateAsync("store", "k")).Length);
    }

    [Fact]
    public async Task Bytes_are_read_as_they_are()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s.Answer(
            DaprMethods.GetState, _ => new GetStateResponse { Data = ByteString.CopyFrom(1, 2, 3), Etag = "9" }));
        using var client = sidecar.CreateClient();

        var (bytes, etag) = await client.GetByteStateAndETagAsync("store", "k");

        Assert.Equal([1, 2, 3], bytes.ToArray());
        Assert.Equal("9", etag);
    }

    [Fact]
    public async Task Json_that_does_not_fit_is_a_DaprException()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s.Answer(DaprMethods.GetState, _ => Stored));
        using var client = sidecar.CreateClient();

        var error = await Assert.ThrowsAsync<DaprException>(() => client.GetStateAsync<int>("store", "k"));

        Assert.IsType<System.Text.Json.JsonException>(error.InnerException);
    }

    [Fact]
    public async Task An_entry_saves_and_deletes_under_the_etag_it_was_read_with()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s
            .Answer(DaprMethods.GetState, _ => Stored)
            .Answer(DaprMethods.SaveState)
            .Refuse(DaprMethods.DeleteState, new GrpcException(GrpcStatusCode.Aborted, "etag mismatch")));
        using var client = sidecar.CreateClient();

        var entry = await client.GetStateEntryAsync<Basket>("store", "k");
        entry.Value = entry.Value with { Count = 4 };

        Assert.True(await entry.TrySaveAsync());
        Assert.False(await entry.TryDeleteAsync());
        var saved = Assert.Single(Assert.IsType<SaveStateRequest>(sidecar.Calls[1].Request).States);
        Assert.Equal(("7", """{"owner":"ann","count":4}"""), (saved.Etag.Value, saved.Value.ToStringUtf8()));
    }

    [Fact]
    public async Task Bulk_reads_give_texts_or_values()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s.Answer(DaprMethods.GetBulkState, _ => new GetBulkStateResponse
        {
            Items =
            {
                new Dapr.Protocol.Runtime.V1.BulkStateItem { Key = "a", Data = ByteString.CopyFromUtf8("5"), Etag = "1" },
                new Dapr.Protocol.Runtime.V1.BulkStateItem { Key = "b" },
            },
        }));
        using var client = sidecar.CreateClient();

        var texts = await client.GetBulkStateAsync("store", ["a", "b"], 2);
        var values = await client.GetBulkStateAsync<int>("store", ["a", "b"], null);

        Assert.Equal([("a", "5", "1"), ("b", "", "")], texts.Select(item => (item.Key, item.Value, item.ETag)));
        Assert.Equal([("a", 5, "1"), ("b", 0, "")], values.Select(item => (item.Key, item.Value, item.ETag)));
        Assert.Equal([2, 0], sidecar.Calls.Select(call => ((GetBulkStateRequest)call.Request).Parallelism));
    }

    [Fact]
    public async Task A_query_gives_its_page()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s.Answer(DaprMethods.QueryStateAlpha1, _ => new QueryStateResponse
        {
            Results = { new QueryStateItem { Key = "a", Data = ByteString.CopyFromUtf8("5"), Etag = "1" } },
            Token = "next",
        }));
        using var client = sidecar.CreateClient();

        var page = await client.QueryStateAsync<int>("store", "{}");

        Assert.Equal(("a", 5, "next"), (page.Results[0].Key, page.Results[0].Data, page.Token));
        Assert.Equal("{}", sidecar.Only<QueryStateRequest>().Query);
    }

    [Fact]
    public async Task A_query_with_unreadable_items_throws_and_brings_the_others()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s.Answer(DaprMethods.QueryStateAlpha1, _ => new QueryStateResponse
        {
            Results = { new QueryStateItem { Key = "a", Data = ByteString.CopyFromUtf8("5") }, new QueryStateItem { Key = "b", Error = "broken" } },
        }));
        using var client = sidecar.CreateClient();

        var error = await Assert.ThrowsAsync<StateQueryException<int>>(() => client.QueryStateAsync<int>("store", "{}"));

        Assert.Equal(["b"], error.FailedKeys);
        Assert.Equal(["a"], error.Response.Results.Select(item => item.Key));
    }
}
