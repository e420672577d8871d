using Dapr;
using Dapr.Client;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Runtime.V1;
using Google.Protobuf;
using Sdk.Tests.Sidecar;

#pragma warning disable DAPR_DISTRIBUTEDLOCK // experimental, and shown to fail as it should

namespace Sdk.Tests.Client;

/// <summary>What goes wrong is told with the official exceptions, in the official words, which applications match and people search for.</summary>
public sealed class ErrorTests
{
    private static readonly GrpcException s_refusal = new(GrpcStatusCode.FailedPrecondition, "no such component");

    [Fact]
    public async Task A_refused_call_is_a_DaprException_whose_inner_exception_says_why()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s
            .Refuse(DaprMethods.PublishEvent, s_refusal).Refuse(DaprMethods.BulkPublishEvent, s_refusal).Refuse(DaprMethods.InvokeBinding, s_refusal)
            .Refuse(DaprMethods.GetState, s_refusal).Refuse(DaprMethods.SaveState, s_refusal).Refuse(DaprMethods.QueryStateAlpha1, s_refusal)
            .Refuse(DaprMethods.GetSecret, s_refusal).Refuse(DaprMethods.GetBulkSecret, s_refusal).Refuse(DaprMethods.GetConfiguration, s_refusal)
            .Refuse(DaprMethods.TryLockAlpha1, s_refusal).Refuse(DaprMethods.UnlockAlpha1, s_refusal)
            .Refuse(DaprMethods.GetMetadata, s_refusal).Refuse(DaprMethods.SetMetadata, s_refusal));
        using var client = sidecar.CreateClient();

        await FailsAsync("Publish", () => client.PublishEventAsync("p", "t", 1));
        await FailsAsync("Bulk Publish", () => client.BulkPublishEventAsync("p", "t", [1]));
        await FailsAsync("Binding", () => client.InvokeBindingAsync("b", "create", 1));
        await FailsAsync("State", () => client.GetStateAsync<int>("s", "k"));
        await FailsAsync("State", () => client.SaveStateAsync("s", "k", 1));
        await FailsAsync("State", () => client.TrySaveStateAsync("s", "k", 1, "1"));
        await FailsAsync("Query state", () => client.QueryStateAsync<int>("s", "{}"));
        await FailsAsync("Secret", () => client.GetSecretAsync("s", "k"));
        await FailsAsync("Bulk secret", () => client.GetBulkSecretAsync("s"));
        await FailsAsync("GetConfiguration", () => client.GetConfiguration("c", []));
        await FailsAsync("Lock", () => client.Lock("l", "r", "me", 1));
        await FailsAsync("Lock", () => client.Unlock("l", "r", "me"));
        await FailsAsync("Get metadata", () => client.GetMetadataAsync());
        await FailsAsync("Set metadata", () => client.SetMetadataAsync("k", "v"));
    }

    [Fact]
    public async Task A_payload_of_another_shape_is_told_with_the_JsonException_inside()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s
            .Answer(DaprMethods.GetState, _ => new GetStateResponse { Data = ByteString.CopyFromUtf8("{") })
            .Answer(DaprMethods.InvokeBinding, _ => new InvokeBindingResponse { Data = ByteString.CopyFromUtf8("{") })
            .Answer(DaprMethods.GetBulkState, _ => new GetBulkStateResponse { Items = { new Dapr.Protocol.Runtime.V1.BulkStateItem { Key = "k", Data = ByteString.CopyFromUtf8("{") } } }));
        using var client = sidecar.CreateClient();

        var state = await Assert.ThrowsAsync<DaprException>(() => client.GetStateAsync<int>("s", "k"));
        var binding = await Assert.ThrowsAsync<DaprException>(() => client.InvokeBindingAsync<int, int>("b", "get", 1));

        Assert.Equal("State operation failed: the state payload could not be deserialized. See InnerException for details.", state.Message);
        Assert.Equal("Binding operation failed: the response payload could not be deserialized. See InnerException for details.", binding.Message);
        Assert.All([state, binding], error => Assert.IsType<System.Text.Json.JsonException>(error.InnerException));
        await Assert.ThrowsAsync<System.Text.Json.JsonException>(() => client.GetBulkStateAsync<int>("s", ["k"], null));
    }

    [Fact]
    public async Task A_wrong_argument_fails_the_task_and_is_named()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var client = sidecar.CreateClient();

        Task[] tasks =
        [
            client.GetStateAsync<int>(null!, "k"), client.SaveStateAsync(null!, "k", 1), client.TrySaveStateAsync(null!, "k", 1, "1"), client.DeleteStateAsync(null!, "k"),
            client.SaveByteStateAsync(null!, "k", new byte[1]), client.ExecuteStateTransactionAsync(null!, []), client.GetSecretAsync(null!, "k"),
        ];

        foreach (var task in tasks)
            Assert.Equal("storeName", (await Assert.ThrowsAsync<ArgumentNullException>(() => task)).ParamName);
        Assert.Equal("key", (await Assert.ThrowsAsync<ArgumentException>(() => client.DeleteStateAsync("s", ""))).ParamName);
        Assert.Equal("keys do not contain any elements", (await Assert.ThrowsAsync<ArgumentException>(() => client.GetBulkStateAsync("s", [], null))).Message);
        Assert.Equal("items do not contain any elements", (await Assert.ThrowsAsync<ArgumentException>(() => client.SaveBulkStateAsync<int>("s", []))).Message);
        Assert.Equal("operations does not contain any elements", (await Assert.ThrowsAsync<ArgumentException>(() => client.ExecuteStateTransactionAsync("s", []))).Message);
        Assert.Equal("The value cannot be zero or less than zero: -1", (await Assert.ThrowsAsync<ArgumentException>(() => client.Lock("l", "r", "me", -1))).Message);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("")]
    public void What_is_no_address_is_refused_by_the_builder(string address)
    {
        if (address.Length == 0)
            Assert.Equal("grpcEndpoint", Assert.Throws<ArgumentException>(() => new DaprClientBuilder().UseGrpcEndpoint(address)).ParamName);
        else
            Assert.Throws<UriFormatException>(() => new DaprClientBuilder().UseGrpcEndpoint(address).Build());
    }

    [Fact]
    public void An_address_of_another_scheme_is_refused_when_the_client_is_built()
    {
        var grpc = Assert.Throws<InvalidOperationException>(() => new DaprClientBuilder().UseGrpcEndpoint("ftp://localhost").Build());
        var http = Assert.Throws<InvalidOperationException>(() => new DaprClientBuilder().UseHttpEndpoint("ftp://localhost").Build());

        Assert.Equal(("The gRPC endpoint must use http or https.", "The HTTP endpoint must use http or https."), (grpc.Message, http.Message));
    }

    private static async Task FailsAsync(string operation, Func<Task> call)
    {
        var error = await Assert.ThrowsAsync<DaprException>(call);
        Assert.Equal($"{operation} operation failed: the Dapr endpoint indicated a failure. See InnerException for details.", error.Message);
        Assert.Equal("no such component", Assert.IsType<GrpcException>(error.InnerException).Detail);
    }
}
