using Dapr.Protocol.Common.V1;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Rpc;
using Dapr.Protocol.Runtime.V1;
using Google.Protobuf;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Resources;
using Sidecar.Tests.Hosting;

namespace Sidecar.Tests.State;

public sealed class StateGrpcTests : IAsyncLifetime
{
    private SidecarFixture _fixture = null!;
    private GrpcChannel _channel = null!;

    public async Task InitializeAsync()
    {
        _fixture = await SidecarFixture.StartAsync(new SidecarOptions { AppId = "orders" });
        _channel = new GrpcChannel(new Uri($"http://127.0.0.1:{_fixture.Sidecar.GrpcPort}"));
    }

    public async Task DisposeAsync()
    {
        _channel.Dispose();
        await _fixture.DisposeAsync();
    }

    [Fact]
    public async Task Bytes_are_kept_as_they_are_and_a_missing_key_is_empty()
    {
        var bytes = ByteString.CopyFrom(0, 1, 2, 255);
        await SaveAsync(new StateItem { Key = "a", Value = bytes, Metadata = { ["ttlInSeconds"] = "60" } });

        var found = await _channel.UnaryAsync(DaprMethods.GetState, new GetStateRequest { StoreName = "store", Key = "a" });
        var missing = await _channel.UnaryAsync(DaprMethods.GetState, new GetStateRequest { StoreName = "store", Key = "none" });

        Assert.Equal(bytes, found.Data);
        Assert.Equal("1", found.Etag);
        Assert.True(found.Metadata.ContainsKey("ttlExpireTime"));
        Assert.True(missing.Data.IsEmpty);
        Assert.Equal("", missing.Etag);
    }

    [Fact]
    public async Task What_one_API_saves_the_other_reads()
    {
        await SaveAsync(new StateItem { Key = "a", Value = ByteString.CopyFromUtf8("""{"x":1}""") });

        Assert.Equal("""{"x":1}""", await _fixture.Client.GetStringAsync("/v1.0/state/store/a"));
    }

    [Fact]
    public async Task A_stale_etag_is_Aborted_and_an_empty_one_is_none()
    {
        await SaveAsync(new StateItem { Key = "a", Value = ByteString.CopyFromUtf8("1"), Etag = new Etag() });

        var stale = await Assert.ThrowsAsync<GrpcException>(() => SaveAsync(new StateItem { Key = "a", Value = ByteString.Empty, Etag = new Etag { Value = "99" } }));
        var first = await Assert.ThrowsAsync<GrpcException>(() => SaveAsync(new StateItem
        {
            Key = "a",
            Options = new StateOptions { Concurrency = StateOptions.Types.StateConcurrency.ConcurrencyFirstWrite },
        }));
        var deleted = await Assert.ThrowsAsync<GrpcException>(() => _channel.UnaryAsync(
            DaprMethods.DeleteState, new DeleteStateRequest { StoreName = "store", Key = "a", Etag = new Etag { Value = "99" } }));

        Assert.Equal(GrpcStatusCode.Aborted, stale.StatusCode);
        Assert.StartsWith("failed saving state in state store store: possible etag mismatch.", stale.Detail);
        Assert.Equal(GrpcStatusCode.Aborted, first.StatusCode);
        Assert.Equal(GrpcStatusCode.Aborted, deleted.StatusCode);
    }

    [Fact]
    public async Task Bulk_reads_and_transactions_work_as_over_HTTP()
    {
        await _channel.UnaryAsync(DaprMethods.ExecuteStateTransaction, new ExecuteStateTransactionRequest
        {
            StoreName = "store",
            Operations =
            {
                new TransactionalStateOperation { OperationType = "upsert", Request = new StateItem { Key = "a", Value = ByteString.CopyFromUtf8("1") } },
                new TransactionalStateOperation { OperationType = "upsert", Request = new StateItem { Key = "b", Value = ByteString.CopyFromUtf8("2") } },
                new TransactionalStateOperation { OperationType = "delete", Request = new StateItem { Key = "c" } },
            },
        });
        var bulk = await _channel.UnaryAsync(DaprMethods.GetBulkState, new GetBulkStateRequest { StoreName = "store", Keys = { "b", "none", "a" } });

        await _channel.UnaryAsync(DaprMethods.DeleteBulkState, new DeleteBulkStateRequest { StoreName = "store", States = { new StateItem { Key = "a" }, new StateItem { Key = "b" } } });

        Assert.Equal(["b", "none", "a"], bulk.Items.Select(i => i.Key));
        Assert.Equal(["2", "", "1"], bulk.Items.Select(i => i.Data.ToStringUtf8()));
        Assert.Empty(_fixture.Store.Keys);
    }

    [Fact]
    public async Task An_unknown_store_is_InvalidArgument_with_Googles_error_details()
    {
        var error = await Assert.ThrowsAsync<GrpcException>(() => _channel.UnaryAsync(DaprMethods.GetState, new GetStateRequest { StoreName = "nowhere", Key = "a" }));

        Assert.Equal(GrpcStatusCode.InvalidArgument, error.StatusCode);
        Assert.Equal("state store nowhere is not found", error.Detail);
        var info = error.FindDetail<ErrorInfo>();
        Assert.Equal(("DAPR_STATE_NOT_FOUND", "dapr.io", "orders"), (info?.Reason, info?.Domain, info?.Metadata["appID"]));
    }

    [Fact]
    public async Task A_key_with_the_separator_is_InvalidArgument_with_the_field_and_the_store()
    {
        var error = await Assert.ThrowsAsync<GrpcException>(() => _channel.UnaryAsync(DaprMethods.GetState, new GetStateRequest { StoreName = "store", Key = "a||b" }));

        Assert.Equal(GrpcStatusCode.InvalidArgument, error.StatusCode);
        Assert.Equal("a||b", error.FindDetail<BadRequest>()?.FieldViolations.Single().Field);
        var resource = error.FindDetail<ResourceInfo>();
        Assert.Equal(("state", "store"), (resource?.ResourceType, resource?.ResourceName));
    }

    [Fact]
    public async Task Without_a_store_the_answer_is_FailedPrecondition_and_a_query_that_no_store_has_is_Internal()
    {
        await using var bare = await SidecarFixture.StartAsync(new SidecarOptions { AppId = "bare" }, new SidecarResources());
        using var channel = new GrpcChannel(new Uri($"http://127.0.0.1:{bare.Sidecar.GrpcPort}"));

        var none = await Assert.ThrowsAsync<GrpcException>(() => channel.UnaryAsync(DaprMethods.GetState, new GetStateRequest { StoreName = "store", Key = "a" }));
        var query = await Assert.ThrowsAsync<GrpcException>(() => _channel.UnaryAsync(DaprMethods.QueryStateAlpha1, new QueryStateRequest { StoreName = "store", Query = "{}" }));

        Assert.Equal(GrpcStatusCode.FailedPrecondition, none.StatusCode);
        Assert.Equal(GrpcStatusCode.Internal, query.StatusCode);
    }

    private Task<Google.Protobuf.WellKnownTypes.Empty> SaveAsync(params StateItem[] items) => _channel.UnaryAsync(DaprMethods.SaveState, new SaveStateRequest { StoreName = "store", States = { items } });
}
