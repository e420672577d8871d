using System.Diagnostics;
using Dapr;
using Dapr.Client;
using Dapr.Common.Exceptions;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Rpc;
using Dapr.Protocol.Runtime.V1;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Http;
using Sdk.Tests.Sidecar;
using Status = Dapr.Protocol.Rpc.Status;

namespace Sdk.Tests.Client;

/// <summary>What every call carries, and how the sidecar itself is asked.</summary>
public sealed class SidecarCallTests
{
    [Fact]
    public async Task Every_call_carries_token_and_user_agent()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s.Answer(DaprMethods.GetState));
        using var client = sidecar.CreateClient(builder => builder.UseDaprApiToken("secret"));

        await client.GetStateAsync<string>("store", "k");
        await client.CheckHealthAsync();

        var metadata = Assert.Single(sidecar.Calls).Metadata;
        Assert.Equal("secret", metadata.GetText("dapr-api-token"));
        Assert.StartsWith("dapr-sdk-dotnet/v", metadata.GetText("user-agent"), StringComparison.Ordinal);
        Assert.Equal("secret", Assert.Single(sidecar.HttpCalls).Headers["dapr-api-token"]);
    }

    [Fact]
    public async Task Without_a_token_no_header_is_sent()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s.Answer(DaprMethods.GetState));
        using var client = sidecar.CreateClient();

        await client.GetStateAsync<string>("store", "k");

        Assert.Null(Assert.Single(sidecar.Calls).Metadata.GetText("dapr-api-token"));
    }

    [Fact]
    public async Task The_current_trace_goes_along_in_both_its_forms()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s.Answer(DaprMethods.GetState));
        using var client = sidecar.CreateClient();
        using var activity = new Activity("test") { TraceStateString = "a=b" }.SetIdFormat(ActivityIdFormat.W3C).Start();

        await client.GetStateAsync<string>("store", "k");

        var metadata = Assert.Single(sidecar.Calls).Metadata;
        Assert.Equal((activity.Id, "a=b"), (metadata.GetText("traceparent"), metadata.GetText("tracestate")));
        var binary = metadata.GetBytes("grpc-trace-bin")!;
        Assert.Equal(29, binary.Length);
        Assert.Equal(activity.TraceId.ToHexString(), Convert.ToHexStringLower(binary[2..18]));
        Assert.Equal(activity.SpanId.ToHexString(), Convert.ToHexStringLower(binary[19..27]));
        Assert.Equal([0, 0, 1, 2], [binary[0], binary[1], binary[18], binary[27]]);
    }

    [Fact]
    public async Task A_failure_tells_its_structured_details()
    {
        var status = new Status
        {
            Code = 3,
            Message = "pubsub x is not found",
            Details =
            {
                Any.Pack(new ErrorInfo { Reason = "DAPR_PUBSUB_NOT_FOUND", Domain = "dapr.io", Metadata = { ["appID"] = "a" } }),
                Any.Pack(new ResourceInfo { ResourceType = "pubsub", ResourceName = "x" }),
                Any.Pack(new Help { Links = { new Help.Types.Link { Url = "https://docs.dapr.io", Description = "d" } } }),
                Any.Pack(new BadRequest { FieldViolations = { new BadRequest.Types.FieldViolation { Field = "f", Description = "d" } } }),
                Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(TimeSpan.FromSeconds(2)) }),
                Any.Pack(new Empty()),
            },
        };
        await using var sidecar = await FakeSidecar.StartAsync(s =>
            s.Refuse(DaprMethods.PublishEvent, new GrpcException(GrpcStatusCode.InvalidArgument, status.Message, richStatus: status)));
        using var client = sidecar.CreateClient();

        var error = await Assert.ThrowsAsync<DaprException>(() => client.PublishEventAsync("x", "orders", 1));

        Assert.True(error.TryGetExtendedErrorInfo(out var info));
        Assert.Equal((3, "pubsub x is not found"), (info.Code, info.Message));
        var reason = Assert.IsType<DaprErrorInfoDetail>(info.Details[0]);
        Assert.Equal(("DAPR_PUBSUB_NOT_FOUND", "dapr.io", "a"), (reason.Reason, reason.Domain, reason.Metadata!["appID"]));
        Assert.Equal("x", Assert.IsType<DaprResourceInfoDetail>(info.Details[1]).ResourceName);
        Assert.Equal(new DaprHelpDetailLink("https://docs.dapr.io", "d"), Assert.Single(Assert.IsType<DaprHelpDetail>(info.Details[2]).Links));
        Assert.Equal("f", Assert.Single(Assert.IsType<DaprBadRequestDetail>(info.Details[3]).FieldViolations).Field);
        Assert.Equal(2, Assert.IsType<DaprRetryInfoDetail>(info.Details[4]).Delay.Seconds);
        Assert.Equal(DaprExtendedErrorType.Unknown, Assert.IsType<DaprUnknownDetail>(info.Details[5]).ErrorType);
    }

    [Fact]
    public void A_failure_without_details_says_so()
    {
        Assert.False(new DaprException("plain").TryGetExtendedErrorInfo(out var info));
        Assert.Null(info);
    }

    [Fact]
    public async Task Cancelling_is_not_a_DaprException()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s.Answer(DaprMethods.GetState));
        using var client = sidecar.CreateClient();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            client.GetStateAsync<string>("store", "k", cancellationToken: new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task An_unreachable_sidecar_is_unhealthy_and_its_calls_fail()
    {
        using var client = new DaprClientBuilder().UseHttpEndpoint("http://127.0.0.1:1").UseGrpcEndpoint("http://127.0.0.1:1").Build();

        Assert.False(await client.CheckHealthAsync());
        Assert.False(await client.CheckOutboundHealthAsync());
        await Assert.ThrowsAsync<DaprException>(() => client.GetStateAsync<string>("store", "k"));
    }

    [Fact]
    public async Task Waiting_for_the_sidecar_asks_until_it_is_ready()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        sidecar.OnHttp = context =>
        {
            context.Response.StatusCode = sidecar.HttpCalls.Count == 1 ? StatusCodes.Status500InternalServerError : StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        };
        using var client = sidecar.CreateClient();

        await client.WaitForSidecarAsync();

        Assert.Equal(["/v1.0/healthz/outbound", "/v1.0/healthz/outbound"], sidecar.HttpCalls.Select(call => call.Target));
    }

    [Fact]
    public async Task Metadata_shows_actors_components_and_attributes()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s
            .Answer(DaprMethods.SetMetadata)
            .Answer(DaprMethods.GetMetadata, _ => new GetMetadataResponse
            {
                Id = "ordering",
                ExtendedMetadata = { ["k"] = "v" },
                RegisteredComponents = { new RegisteredComponents { Name = "store", Type = "state.sqlite", Version = "v1", Capabilities = { "ETAG" } } },
            }));
        using var client = sidecar.CreateClient();

        await client.SetMetadataAsync("k", "v");
        var metadata = await client.GetMetadataAsync();

        Assert.Equal(("ordering", "v"), (metadata.Id, metadata.Extended["k"]));
        var component = Assert.Single(metadata.Components);
        Assert.Equal(("store", "state.sqlite", "v1", "ETAG"), (component.Name, component.Type, component.Version, component.Capabilities[0]));
        Assert.Equal("k", ((SetMetadataRequest)sidecar.Calls[0].Request).Key);
    }

    [Fact]
    public async Task Shutdown_asks_the_sidecar_to_stop()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s.Answer(DaprMethods.Shutdown));
        using var client = sidecar.CreateClient();

        await client.ShutdownSidecarAsync();

        Assert.Equal("Shutdown", Assert.Single(sidecar.Calls).Method);
    }

    [Theory]
    [InlineData("localhost:3500", "http://localhost:50001")]
    [InlineData("http://localhost:3500", "tcp://localhost:50001")]
    public void An_address_that_is_not_http_is_refused_when_building(string http, string grpc)
    {
        var builder = new DaprClientBuilder().UseHttpEndpoint(http).UseGrpcEndpoint(grpc);

        Assert.ThrowsAny<Exception>(builder.Build);
    }
}
