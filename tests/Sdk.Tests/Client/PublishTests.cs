using System.Text;
using Dapr;
using Dapr.Client;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Runtime.V1;
using Sdk.Tests.Sidecar;

namespace Sdk.Tests.Client;

public sealed class PublishTests
{
    private sealed record Order(string Id, int Quantity);

    [Fact]
    public async Task Data_goes_as_json_with_its_content_type_and_metadata()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s.Answer(DaprMethods.PublishEvent));
        using var client = sidecar.CreateClient();

        await client.PublishEventAsync("pubsub", "orders", new Order("o-1", 2), new Dictionary<string, string> { ["partitionKey"] = "o-1" });

        var request = sidecar.Only<PublishEventRequest>();
        Assert.Equal(("pubsub", "orders", "application/json"), (request.PubsubName, request.Topic, request.DataContentType));
        Assert.Equal("""{"id":"o-1","quantity":2}""", request.Data.ToStringUtf8());
        Assert.Equal("o-1", request.Metadata["partitionKey"]);
    }

    [Fact]
    public async Task A_cloud_event_goes_as_the_event_it_is()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s.Answer(DaprMethods.PublishEvent));
        using var client = sidecar.CreateClient();
        var cloudEvent = new CloudEvent<Order>(new Order("o-1", 2)) { Source = new Uri("urn:orders"), Type = "order.submitted", Subject = "o-1" };

        await client.PublishEventAsync("pubsub", "orders", cloudEvent);

        var request = sidecar.Only<PublishEventRequest>();
        Assert.Equal("application/cloudevents+json", request.DataContentType);
        Assert.Equal(
            """{"data":{"id":"o-1","quantity":2},"datacontenttype":"application/json","source":"urn:orders","type":"order.submitted","subject":"o-1"}""",
            request.Data.ToStringUtf8());
    }

    [Fact]
    public async Task An_event_without_data_has_no_content_type()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s.Answer(DaprMethods.PublishEvent));
        using var client = sidecar.CreateClient();

        await client.PublishEventAsync("pubsub", "orders");

        var request = sidecar.Only<PublishEventRequest>();
        Assert.Equal((string.Empty, 0), (request.DataContentType, request.Data.Length));
    }

    [Fact]
    public async Task Bytes_go_as_they_are()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s.Answer(DaprMethods.PublishEvent));
        using var client = sidecar.CreateClient();

        await client.PublishByteEventAsync("pubsub", "orders", new byte[] { 0, 255, 7 }, "application/octet-stream");

        var request = sidecar.Only<PublishEventRequest>();
        Assert.Equal("application/octet-stream", request.DataContentType);
        Assert.Equal([0, 255, 7], request.Data.ToByteArray());
    }

    [Fact]
    public async Task A_refusal_is_a_DaprException_with_its_cause()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s =>
            s.Refuse(DaprMethods.PublishEvent, new GrpcException(GrpcStatusCode.InvalidArgument, "pubsub x is not found")));
        using var client = sidecar.CreateClient();

        var error = await Assert.ThrowsAsync<DaprException>(() => client.PublishEventAsync("x", "orders", 1));

        Assert.NotNull(error.InnerException);
        Assert.Contains("pubsub x is not found", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "orders")]
    [InlineData("pubsub", "")]
    public async Task Names_must_not_be_empty(string pubsub, string topic)
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var client = sidecar.CreateClient();

        await Assert.ThrowsAnyAsync<ArgumentException>(() => client.PublishEventAsync(pubsub, topic, 1));
    }

    [Fact]
    public async Task Bulk_entries_are_numbered_and_typed_by_their_value()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s.Answer(DaprMethods.BulkPublishEvent));
        using var client = sidecar.CreateClient();
        object[] events = [new Order("o-1", 1), Encoding.UTF8.GetBytes("raw"), new CloudEvent<int>(1)];

        var response = await client.BulkPublishEventAsync("pubsub", "orders", events, new Dictionary<string, string> { ["rawPayload"] = "false" });

        var request = sidecar.Only<BulkPublishRequest>();
        Assert.Empty(response.FailedEntries);
        Assert.Equal(["0", "1", "2"], request.Entries.Select(entry => entry.EntryId));
        Assert.Equal(
            ["application/json", "application/octet-stream", "application/cloudevents+json"], request.Entries.Select(entry => entry.ContentType));
        Assert.Equal("raw", request.Entries[1].Event.ToStringUtf8());
        Assert.Equal("false", request.Metadata["rawPayload"]);
    }

    [Fact]
    public async Task Bulk_failures_name_their_events()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s.Answer(DaprMethods.BulkPublishEvent, _ => new BulkPublishResponse
        {
            FailedEntries = { new BulkPublishResponseFailedEntry { EntryId = "1", Error = "full" } },
        }));
        using var client = sidecar.CreateClient();

        var response = await client.BulkPublishEventAsync("pubsub", "orders", new[] { "a", "b" });

        var failed = Assert.Single(response.FailedEntries);
        Assert.Equal(("b", "full"), (failed.Entry.EventData, failed.ErrorMessage));
    }

    [Theory]
    [InlineData(GrpcStatusCode.Unimplemented, "unknown method BulkPublishEvent")]
    [InlineData(GrpcStatusCode.Unknown, "failed to proxy request: required metadata dapr-callee-app-id or dapr-app-id not found")]
    public async Task Bulk_falls_back_to_the_preview_on_a_runtime_without_the_stable_method(GrpcStatusCode status, string detail)
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s
            .Refuse(DaprMethods.BulkPublishEvent, new GrpcException(status, detail))
            .Answer(DaprMethods.BulkPublishEventAlpha1));
        using var client = sidecar.CreateClient();

        await client.BulkPublishEventAsync("pubsub", "orders", new[] { "a" });

        Assert.Equal("BulkPublishEventAlpha1", sidecar.Calls[^1].Method);
    }

    [Fact]
    public async Task A_runtime_without_any_bulk_publish_is_named_as_such()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var client = sidecar.CreateClient();

        await Assert.ThrowsAnyAsync<DaprException>(() => client.BulkPublishEventAsync("pubsub", "orders", new[] { "a" }));
    }
}
