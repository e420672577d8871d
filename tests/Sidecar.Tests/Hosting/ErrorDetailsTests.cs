using System.Net;
using System.Text.Json;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Rpc;
using Dapr.Protocol.Runtime.V1;
using Sidecar.Runtime.Hosting;
using Sidecar.Testing;

namespace Sidecar.Tests.Hosting;

/// <summary>Refusals tell programs what happened in their details: reason, component, place to read on, as Dapr does.</summary>
public sealed class ErrorDetailsTests : IAsyncLifetime
{
    private TestSidecar _sidecar = null!;

    public async Task InitializeAsync() => _sidecar = await TestSidecar.For("shop").WithoutApp()
        .WithInMemoryState("statestore")
        .WithComponent("pubsub", "pubsub.in-memory", ("allowedTopics", "orders"))
        .StartAsync();

    public Task DisposeAsync() => _sidecar.DisposeAsync().AsTask();

    [Theory]
    [InlineData("v1.0/publish/nowhere/orders?metadata.a=b", "text/plain", "x", 404, "pubsub nowhere is not found", """{"@type":"ErrorInfo","reason":"DAPR_PUBSUB_NOT_FOUND","domain":"dapr.io","metadata":{"a":"b"}}""")]
    [InlineData(
        "v1.0/publish/pubsub/parcels", "text/plain", "x", 403, "topic parcels is not allowed for app id shop",
        """{"@type":"ErrorInfo","reason":"DAPR_PUBSUB_FORBIDDEN","domain":"dapr.io","metadata":{"topic":"parcels","error":"topic parcels is not allowed for app id shop"}}""")]
    [InlineData(
        "v1.0/publish/pubsub/orders?metadata.rawPayload=perhaps", "text/plain", "x", 400, "failed deserializing metadata. Error: rawPayload value must be a valid boolean: actual is 'perhaps'",
        """{"@type":"ErrorInfo","reason":"DAPR_PUBSUB_METADATA_DESERIALIZATION","domain":"dapr.io","metadata":{"rawPayload":"perhaps"}}""")]
    [InlineData("v1.0/publish/bulk/pubsub/orders", "application/json", """[{"entryId":"","event":"x","contentType":"text/plain"}]""", 400, null,
        """{"@type":"ErrorInfo","reason":"DAPR_PUBSUB_MARSHAL_EVENTS","domain":"dapr.io","metadata":{"appID":"shop","error":"entryId is duplicated or not present for entry"}}""")]
    [InlineData("v1.0/publish/bulk/pubsub/orders", "application/json", """[{"entryId":"1","event":"x"}]""", 400, null,
        """{"@type":"ErrorInfo","reason":"DAPR_PUBSUB_MARSHAL_ENVELOPE","domain":"dapr.io","metadata":{"appID":"shop","error":"error: mismatch between contentType and event"}}""")]
    public async Task Over_HTTP_the_last_detail_names_the_reason(string path, string contentType, string body, int status, string? message, string errorInfo)
    {
        var error = await RefusedAsync(path, contentType, body, status);

        if (message is not null)
            Assert.Equal(message, error.GetProperty("message").GetString());
        Assert.Equal(errorInfo, error.GetProperty("details").EnumerateArray().Last().GetRawText().Replace("type.googleapis.com/google.rpc.", "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("v1.0/workflows/dapr/nobody/terminate", "", 404, """{"errorCode":"ERR_INSTANCE_ID_NOT_FOUND","message":"unable to find workflow with the provided instance ID: nobody"}""")]
    [InlineData("v1.0/actors/dapr.internal.x/1/state", "[]", 403, null)]
    [InlineData("v1.0/actors/Basket/1/reminders/r", "{", 400, null)]
    public async Task Errors_of_workflows_and_actors_have_no_details(string path, string body, int status, string? whole)
    {
        var error = await RefusedAsync(path, "application/json", body, status);

        Assert.Equal(["errorCode", "message"], error.EnumerateObject().Select(property => property.Name));
        Assert.Equal(whole ?? error.GetRawText(), error.GetRawText());
    }

    [Fact]
    public async Task An_illegal_key_is_told_as_a_field_then_with_its_store_then_by_its_reason()
    {
        using var answer = await _sidecar.Http.GetAsync(new Uri("v1.0/state/statestore/a%7C%7Cb", UriKind.Relative));

        var details = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("details").EnumerateArray().Select(detail => detail.GetProperty("@type").GetString()!.Split('.')[^1]);
        Assert.Equal(["BadRequest", "ResourceInfo", "ErrorInfo"], details);
    }

    [Fact]
    public async Task A_broken_CloudEvent_is_told_in_the_details_alone()
    {
        var error = await RefusedAsync("v1.0/publish/pubsub/orders", "application/cloudevents+json", "{", 500);

        Assert.Equal("cannot create cloudevent", error.GetProperty("message").GetString());
        var details = error.GetProperty("details");
        Assert.Equal("shop", details[1].GetProperty("metadata").GetProperty("appID").GetString());
        Assert.Equal("pubsub", details[0].GetProperty("resource_name").GetString());
        Assert.Equal("cannot create cloudevent", details[0].GetProperty("description").GetString());
    }

    [Fact]
    public async Task A_store_without_transactions_says_where_to_read_of_those_that_have_them()
    {
        await using var fixture = await SidecarFixture.StartAsync(
            [new SidecarDefinition(new SidecarOptions { AppId = "shop" }, SidecarFixture.WithStore)], store: new DictionaryStateStore(TimeProvider.System) { Capabilities = ["ETAG"] });
        using var channel = new GrpcChannel(new Uri($"http://127.0.0.1:{fixture.Sidecar.GrpcPort}"));

        using var answer = await fixture.Client.PostAsync("/v1.0/state/store/transaction", SidecarFixture.Json("{}"));
        var refusal = await Assert.ThrowsAsync<GrpcException>(() => channel.UnaryAsync(DaprMethods.ExecuteStateTransaction, new ExecuteStateTransactionRequest { StoreName = "store" }));

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        var details = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("details");
        Assert.Equal("Check the list of state stores and the features they support", details[0].GetProperty("links")[0].GetProperty("description").GetString());
        Assert.Equal(GrpcStatusCode.Unimplemented, refusal.StatusCode);
        Assert.StartsWith("https://docs.dapr.io/", refusal.RichStatus!.Details.Single(detail => detail.Is(Help.Descriptor)).Unpack<Help>().Links[0].Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_without_queries_fails_a_query_as_an_internal_error()
    {
        using var channel = new GrpcChannel(new Uri($"http://127.0.0.1:{_sidecar.GrpcPort}"));

        var refusal = await Assert.ThrowsAsync<GrpcException>(() => channel.UnaryAsync(DaprMethods.QueryStateAlpha1, new QueryStateRequest { StoreName = "statestore", Query = "{}" }));

        Assert.Equal((GrpcStatusCode.Internal, "state store does not support querying"), (refusal.StatusCode, refusal.Detail));
        Assert.Equal("DAPR_STATE_QUERYING_NOT_SUPPORTED", refusal.RichStatus!.Details[^1].Unpack<ErrorInfo>().Reason);
    }

    [Fact]
    public async Task What_a_save_cannot_read_is_told_without_saying_that_it_was_a_body()
    {
        var error = await RefusedAsync("v1.0/state/statestore", "application/json", "[{", 400);

        Assert.Equal("ERR_MALFORMED_REQUEST", error.GetProperty("errorCode").GetString());
        Assert.DoesNotContain("failed deserializing", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    private async Task<JsonElement> RefusedAsync(string path, string contentType, string body, int status)
    {
        using var content = new StringContent(body);
        content.Headers.ContentType = new(contentType);
        using var answer = await _sidecar.Http.PostAsync(new Uri(path, UriKind.Relative), content);
        Assert.Equal((status, "application/json"), ((int)answer.StatusCode, answer.Content.Headers.ContentType!.ToString()));
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
    }
}
