using Dapr;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Runtime.V1;
using Google.Protobuf;
using Sdk.Tests.Sidecar;
using ConfigurationItem = Dapr.Protocol.Common.V1.ConfigurationItem;

#pragma warning disable DAPR_DISTRIBUTEDLOCK // experimental, and shown to work

namespace Sdk.Tests.Client;

public sealed class StoresTests
{
    [Fact]
    public async Task A_secret_is_its_entries()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s =>
            s.Answer(DaprMethods.GetSecret, _ => new GetSecretResponse { Data = { ["user"] = "ann", ["password"] = "p" } }));
        using var client = sidecar.CreateClient();

        var secret = await client.GetSecretAsync("secrets", "db", new Dictionary<string, string> { ["version_id"] = "2" });

        Assert.Equal(new Dictionary<string, string> { ["user"] = "ann", ["password"] = "p" }, secret);
        var request = sidecar.Only<GetSecretRequest>();
        Assert.Equal(("secrets", "db", "2"), (request.StoreName, request.Key, request.Metadata["version_id"]));
    }

    [Fact]
    public async Task Bulk_secrets_are_all_of_them()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s.Answer(DaprMethods.GetBulkSecret, _ => new GetBulkSecretResponse
        {
            Data = { ["db"] = new SecretResponse { Secrets = { ["password"] = "p" } } },
        }));
        using var client = sidecar.CreateClient();

        Assert.Equal("p", (await client.GetBulkSecretAsync("secrets"))["db"]["password"]);
    }

    [Fact]
    public async Task A_forbidden_secret_is_a_DaprException()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s =>
            s.Refuse(DaprMethods.GetSecret, new GrpcException(GrpcStatusCode.PermissionDenied, "access denied by policy")));
        using var client = sidecar.CreateClient();

        await Assert.ThrowsAsync<DaprException>(() => client.GetSecretAsync("secrets", "db"));
    }

    [Fact]
    public async Task Configuration_items_come_with_version_and_metadata()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s.Answer(DaprMethods.GetConfiguration, _ => new GetConfigurationResponse
        {
            Items = { ["limit"] = new ConfigurationItem { Value = "5", Version = "v2", Metadata = { ["k"] = "m" } } },
        }));
        using var client = sidecar.CreateClient();

        var item = (await client.GetConfiguration("config", ["limit"])).Items["limit"];

        Assert.Equal(("5", "v2", "m"), (item.Value, item.Version, item.Metadata["k"]));
        Assert.Equal(["limit"], sidecar.Only<GetConfigurationRequest>().Keys);
    }

    [Fact]
    public async Task A_configuration_subscription_gives_each_change_and_its_id()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s.Stream(
            DaprMethods.SubscribeConfiguration,
            new SubscribeConfigurationResponse { Id = "sub-1" },
            new SubscribeConfigurationResponse { Id = "sub-1", Items = { ["limit"] = new ConfigurationItem { Value = "6" } } }));
        using var client = sidecar.CreateClient();

        var subscription = await client.SubscribeConfiguration("config", ["limit"]);
        var values = new List<string?>();
        await foreach (var change in subscription.Source)
            values.Add(change.TryGetValue("limit", out var item) ? item.Value : null);

        Assert.Equal([null, "6"], values);
        Assert.Equal("sub-1", subscription.Id);
    }

    [Fact]
    public async Task A_configuration_subscription_begins_before_it_is_read()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s.Stream(DaprMethods.SubscribeConfiguration, new SubscribeConfigurationResponse { Id = "sub-1" }));
        using var client = sidecar.CreateClient();

        _ = await client.SubscribeConfiguration("config", ["limit"]);

        for (var time = 0; sidecar.Calls.Count == 0 && time < 500; time++)
            await Task.Delay(10);
        Assert.Equal("config", sidecar.Only<SubscribeConfigurationRequest>().StoreName);
    }

    [Fact]
    public async Task Unsubscribing_says_how_it_went()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s =>
            s.Answer(DaprMethods.UnsubscribeConfiguration, _ => new UnsubscribeConfigurationResponse { Ok = false, Message = "no such id" }));
        using var client = sidecar.CreateClient();

        var response = await client.UnsubscribeConfiguration("config", "sub-1");

        Assert.Equal((false, "no such id"), (response.Ok, response.Message));
    }

    [Fact]
    public async Task A_lock_is_given_back_when_disposed()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s
            .Answer(DaprMethods.TryLockAlpha1, _ => new TryLockResponse { Success = true })
            .Answer(DaprMethods.UnlockAlpha1));
        using var client = sidecar.CreateClient();

        await using (var taken = await client.Lock("locks", "stock", "me", 10))
            Assert.True(taken.Success);

        var unlock = Assert.IsType<UnlockRequest>(sidecar.Calls[^1].Request);
        Assert.Equal(("locks", "stock", "me"), (unlock.StoreName, unlock.ResourceId, unlock.LockOwner));
    }

    [Theory]
    [InlineData(UnlockResponse.Types.Status.Success, Dapr.Client.LockStatus.Success)]
    [InlineData(UnlockResponse.Types.Status.LockDoesNotExist, Dapr.Client.LockStatus.LockDoesNotExist)]
    [InlineData(UnlockResponse.Types.Status.LockBelongsToOthers, Dapr.Client.LockStatus.LockBelongsToOthers)]
    [InlineData(UnlockResponse.Types.Status.InternalError, Dapr.Client.LockStatus.InternalError)]
    public async Task Unlocking_says_how_it_went(UnlockResponse.Types.Status wire, Dapr.Client.LockStatus expected)
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s.Answer(DaprMethods.UnlockAlpha1, _ => new UnlockResponse { Status = wire }));
        using var client = sidecar.CreateClient();

        Assert.Equal(expected, (await client.Unlock("locks", "stock", "me")).status);
    }

    [Fact]
    public async Task A_lock_without_duration_is_refused()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var client = sidecar.CreateClient();

        await Assert.ThrowsAsync<ArgumentException>(() => client.Lock("locks", "stock", "me", 0));
    }

    [Fact]
    public async Task A_binding_takes_json_the_json_null_too_or_bytes()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s.Answer(DaprMethods.InvokeBinding, _ => new InvokeBindingResponse
        {
            Data = ByteString.CopyFromUtf8("7"),
            Metadata = { ["etag"] = "1" },
        }));
        using var client = sidecar.CreateClient();

        var number = await client.InvokeBindingAsync<object, int>("mail", "create", new { To = "ann" });
        var raw = await client.InvokeBindingAsync(new Dapr.Client.BindingRequest("mail", "create") { Data = new byte[] { 1 }, Metadata = { ["k"] = "v" } });
        await client.InvokeBindingAsync<object?>("mail", "list", null);

        Assert.Equal((7, "1", 1), (number, raw.Metadata["etag"], raw.Data.Length));
        var requests = sidecar.Calls.Select(call => (InvokeBindingRequest)call.Request).ToList();
        Assert.Equal(("mail", "create", """{"to":"ann"}"""), (requests[0].Name, requests[0].Operation, requests[0].Data.ToStringUtf8()));
        Assert.Equal("v", requests[1].Metadata["k"]);
        Assert.Equal("null", requests[2].Data.ToStringUtf8());
    }
}
