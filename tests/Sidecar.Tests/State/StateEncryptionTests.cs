using System.Text;
using Dapr.Protocol.Common.V1;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Runtime.V1;
using Google.Protobuf;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Resources;
using Sidecar.Tests.Hosting;
using static Sidecar.Tests.Hosting.SidecarFixture;

namespace Sidecar.Tests.State;

public sealed class StateEncryptionTests
{
    private const string First = "000102030405060708090a0b0c0d0e0f";
    private const string Second = "101112131415161718191a1b1c1d1e1f";

    [Fact]
    public async Task A_store_with_an_encryption_key_keeps_what_only_its_key_reads()
    {
        await using var fixture = await StartAsync(Primary(First, "key"));

        await fixture.Client.PostAsync("/v1.0/state/store", Json("""[{"key":"a","value":"value1"},{"key":"b","value":{"n":1}}]"""));

        var kept = Encoding.UTF8.GetString((await fixture.Store.GetAsync("orders||a", default))!.Value.Span);
        Assert.EndsWith("||key", kept, StringComparison.Ordinal);
        Assert.Equal(12 + "value1".Length + 16, Convert.FromBase64String(kept[..^5]).Length);
        // Over HTTP daprd encrypts Go's text of the value, so the quotes are gone: its own integration test shows it.
        Assert.Equal("value1", await fixture.Client.GetStringAsync("/v1.0/state/store/a"));
        Assert.Equal("map[n:1]", await fixture.Client.GetStringAsync("/v1.0/state/store/b"));
    }

    [Fact]
    public async Task Bytes_over_gRPC_come_back_as_they_were_in_transactions_and_bulk_too()
    {
        await using var fixture = await StartAsync(Primary(First, "key"));
        using var channel = new GrpcChannel(new Uri($"http://127.0.0.1:{fixture.Sidecar.GrpcPort}"));

        await channel.UnaryAsync(DaprMethods.SaveState, new SaveStateRequest { StoreName = "store", States = { Item("s") } });
        await channel.UnaryAsync(DaprMethods.ExecuteStateTransaction, new ExecuteStateTransactionRequest
        {
            StoreName = "store",
            Operations = { new TransactionalStateOperation { OperationType = "upsert", Request = Item("t") } },
        });
        var bulk = await channel.UnaryAsync(DaprMethods.GetBulkState, new GetBulkStateRequest { StoreName = "store", Keys = { "s", "t" } });

        Assert.All(bulk.Items, item => Assert.Equal("""{"n": 1}""", item.Data.ToStringUtf8()));
        Assert.Equal(2, bulk.Items.Count);
    }

    [Fact]
    public async Task The_secondary_key_reads_what_an_earlier_primary_key_wrote()
    {
        await using var before = await StartAsync(Primary(First, "old"));
        await before.Client.PostAsync("/v1.0/state/store", Json("""[{"key":"a","value":"x"}]"""));
        var rotated = Primary(Second, "new", ("secondaryEncryptionKey", First, "old"));

        await using var after = await SidecarFixture.StartAsync([new SidecarDefinition(new SidecarOptions { AppId = "orders" }, rotated)], store: before.Store);
        await after.Client.PostAsync("/v1.0/state/store", Json("""[{"key":"b","value":"y"}]"""));
        await using var without = await SidecarFixture.StartAsync([new SidecarDefinition(new SidecarOptions { AppId = "orders" }, Primary(Second, "new"))], store: before.Store);

        Assert.Equal("x", await after.Client.GetStringAsync("/v1.0/state/store/a"));
        Assert.Equal("y", await without.Client.GetStringAsync("/v1.0/state/store/b"));
        var lost = await without.Client.GetAsync("/v1.0/state/store/a");
        Assert.Equal(500, (int)lost.StatusCode);
        Assert.Contains("ERR_STATE_GET", await lost.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0102", "key")]
    [InlineData("no digits", "key")]
    [InlineData(First, null)]
    public async Task A_key_that_cannot_be_used_stops_the_start(string key, string? secret)
    {
        await Assert.ThrowsAsync<SidecarStartException>(() => StartAsync(Primary(key, secret)));
    }

    private static Task<SidecarFixture> StartAsync(SidecarResources resources) => SidecarFixture.StartAsync(new SidecarOptions { AppId = "orders" }, resources);

    private static StateItem Item(string key) => new() { Key = key, Value = ByteString.CopyFromUtf8("""{"n": 1}""") };

    private static SidecarResources Primary(string key, string? secret, params (string Entry, string Key, string? Secret)[] others)
    {
        (string Entry, string Key, string? Secret)[] all = [("primaryEncryptionKey", key, secret), .. others];
        return new SidecarResources
        {
            Components =
            [
                new Component
                {
                    Name = "store",
                    Type = "state.dictionary",
                    Metadata = all.ToDictionary(entry => entry.Entry, entry => entry.Key),
                    SecretNames = all.Where(entry => entry.Secret is not null).ToDictionary(entry => entry.Entry, entry => entry.Secret!),
                },
            ],
        };
    }
}
