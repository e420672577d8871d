using Dapr;
using Dapr.Client;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Runtime.V1;
using Sdk.Tests.Sidecar;
using Concurrency = Dapr.Protocol.Common.V1.StateOptions.Types.StateConcurrency;
using Consistency = Dapr.Protocol.Common.V1.StateOptions.Types.StateConsistency;

namespace Sdk.Tests.Client;

public sealed class StateWriteTests
{
    [Fact]
    public async Task A_save_without_etag_sends_none()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s.Answer(DaprMethods.SaveState));
        using var client = sidecar.CreateClient();
        var options = new Dapr.Client.StateOptions { Consistency = ConsistencyMode.Eventual, Concurrency = ConcurrencyMode.FirstWrite };

        await client.SaveStateAsync("store", "k", new { Count = 1 }, options, new Dictionary<string, string> { ["ttlInSeconds"] = "5" });

        var item = Assert.Single(sidecar.Only<SaveStateRequest>().States);
        Assert.Null(item.Etag);
        Assert.Equal("""{"count":1}""", item.Value.ToStringUtf8());
        Assert.Equal((Consistency.ConsistencyEventual, Concurrency.ConcurrencyFirstWrite), (item.Options.Consistency, item.Options.Concurrency));
        Assert.Equal("5", item.Metadata["ttlInSeconds"]);
    }

    [Fact]
    public void An_entry_can_be_made_without_a_client_as_tests_make_it()
    {
        var entry = new StateEntry<int>(null!, "store", "k", 5, "1");

        Assert.Equal(("store", "k", 5, "1"), (entry.StoreName, entry.Key, entry.Value, entry.ETag));
        Assert.Equal("key", Assert.Throws<ArgumentNullException>(() => new StateEntry<int>(null!, "store", null!, 5, "1")).ParamName);
    }

    [Fact]
    public async Task A_null_value_is_sent_as_no_value_at_all()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s.Answer(DaprMethods.SaveState));
        using var client = sidecar.CreateClient();

        await client.SaveStateAsync<string?>("store", "k", null);

        Assert.Equal(0, Assert.Single(sidecar.Only<SaveStateRequest>().States).Value.Length);
    }

    [Fact]
    public async Task An_empty_etag_is_sent_as_an_empty_etag()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s.Answer(DaprMethods.SaveState));
        using var client = sidecar.CreateClient();

        Assert.True(await client.TrySaveStateAsync("store", "k", 1, string.Empty));

        Assert.Equal(string.Empty, Assert.Single(sidecar.Only<SaveStateRequest>().States).Etag.Value);
    }

    [Fact]
    public async Task A_null_etag_is_refused_where_one_is_needed()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var client = sidecar.CreateClient();

        await Assert.ThrowsAsync<ArgumentNullException>(() => client.TrySaveStateAsync("store", "k", 1, null!));
        await Assert.ThrowsAsync<ArgumentNullException>(() => client.TryDeleteStateAsync("store", "k", null!));
        await Assert.ThrowsAsync<ArgumentNullException>(() => client.TrySaveByteStateAsync("store", "k", new byte[1], null!));
    }

    [Fact]
    public async Task An_etag_no_longer_current_is_false_not_an_error()
    {
        var mismatch = new GrpcException(GrpcStatusCode.Aborted, "etag mismatch");
        await using var sidecar = await FakeSidecar.StartAsync(s => s.Refuse(DaprMethods.SaveState, mismatch).Refuse(DaprMethods.DeleteState, mismatch));
        using var client = sidecar.CreateClient();

        Assert.False(await client.TrySaveStateAsync("store", "k", 1, "3"));
        Assert.False(await client.TrySaveByteStateAsync("store", "k", new byte[1], "3"));
        Assert.False(await client.TryDeleteStateAsync("store", "k", "3"));
        await Assert.ThrowsAsync<DaprException>(() => client.SaveStateAsync("store", "k", 1));
        await Assert.ThrowsAsync<DaprException>(() => client.DeleteStateAsync("store", "k"));
    }

    [Fact]
    public async Task Another_failure_of_a_Try_method_is_an_error()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s =>
            s.Refuse(DaprMethods.SaveState, new GrpcException(GrpcStatusCode.InvalidArgument, "possible etag mismatch")));
        using var client = sidecar.CreateClient();

        await Assert.ThrowsAsync<DaprException>(() => client.TrySaveStateAsync("store", "k", 1, "3"));
    }

    [Fact]
    public async Task Bytes_are_saved_as_they_are()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s.Answer(DaprMethods.SaveState));
        using var client = sidecar.CreateClient();

        await client.SaveByteStateAsync("store", "k", new byte[] { 1, 0, 255 });

        Assert.Equal([1, 0, 255], Assert.Single(sidecar.Only<SaveStateRequest>().States).Value.ToByteArray());
    }

    [Fact]
    public async Task Bulk_saves_and_deletes_carry_each_items_own_settings()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s.Answer(DaprMethods.SaveState).Answer(DaprMethods.DeleteBulkState));
        using var client = sidecar.CreateClient();

        await client.SaveBulkStateAsync("store", [new SaveStateItem<int>("a", 1, "e1"), new SaveStateItem<int>("b", 2, null!)]);
        await client.DeleteBulkStateAsync("store", [new BulkDeleteStateItem("a", "e1", metadata: new Dictionary<string, string> { ["m"] = "v" })]);

        var saved = Assert.IsType<SaveStateRequest>(sidecar.Calls[0].Request).States;
        Assert.Equal([("a", "1", "e1"), ("b", "2", null)], saved.Select(item => (item.Key, item.Value.ToStringUtf8(), item.Etag?.Value)));
        var deleted = Assert.Single(Assert.IsType<DeleteBulkStateRequest>(sidecar.Calls[1].Request).States);
        Assert.Equal(("a", "e1", "v"), (deleted.Key, deleted.Etag.Value, deleted.Metadata["m"]));
    }

    [Fact]
    public async Task A_transaction_sends_its_operations_in_order()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s.Answer(DaprMethods.ExecuteStateTransaction));
        using var client = sidecar.CreateClient();

        await client.ExecuteStateTransactionAsync(
            "store",
            [
                new StateTransactionRequest("a", [7], StateOperationType.Upsert, "e1", new Dictionary<string, string> { ["ttlInSeconds"] = "9" }),
                new StateTransactionRequest("b", null, StateOperationType.Delete),
            ],
            new Dictionary<string, string> { ["partitionKey"] = "p" });

        var request = sidecar.Only<ExecuteStateTransactionRequest>();
        Assert.Equal(["upsert", "delete"], request.Operations.Select(operation => operation.OperationType));
        Assert.Equal(("e1", "9"), (request.Operations[0].Request.Etag.Value, request.Operations[0].Request.Metadata["ttlInSeconds"]));
        Assert.Equal([7], request.Operations[0].Request.Value.ToByteArray());
        Assert.Null(request.Operations[1].Request.Etag);
        Assert.Equal("p", request.Metadata["partitionKey"]);
    }

    [Fact]
    public async Task Calls_without_items_are_refused_here()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var client = sidecar.CreateClient();

        await Assert.ThrowsAsync<ArgumentException>(() => client.SaveBulkStateAsync<int>("store", []));
        await Assert.ThrowsAsync<ArgumentException>(() => client.ExecuteStateTransactionAsync("store", []));
        await Assert.ThrowsAsync<ArgumentException>(() => client.GetBulkStateAsync("store", [], null));
    }
}
