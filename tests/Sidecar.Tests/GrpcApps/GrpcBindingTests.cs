using Dapr.Protocol.Common.V1;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Grpc.Server;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Runtime.V1;
using Google.Protobuf;
using Microsoft.AspNetCore.Routing;
using Sidecar.Testing;
using Sidecar.Tests.Bindings;
using Order = Dapr.Protocol.Runtime.V1.BindingEventResponse.Types.BindingEventConcurrency;

namespace Sidecar.Tests.GrpcApps;

/// <summary>Events of input bindings on their way to an app that speaks gRPC, and what its answers ask for.</summary>
public sealed class GrpcBindingTests
{
    private static readonly DateTimeOffset s_start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly Inbox<BindingEventRequest> _events = new();

    [Fact]
    public async Task A_listed_binding_is_delivered_with_its_metadata_and_another_is_not()
    {
        var clock = new TestClock(s_start);
        await using var place = await GrpcPlace.StartAsync(
            routes => Map(routes, ["nightly"], _ => new BindingEventResponse()),
            builder => builder.WithComponent("nightly", "bindings.cron", ("schedule", "@every 15m")).WithComponent("other", "bindings.cron", ("schedule", "@every 1m")), clock);

        await clock.WaitForTimerAsync(TimeSpan.FromMinutes(15));
        clock.Advance(TimeSpan.FromMinutes(15));

        var came = await _events.TakeAsync();
        Assert.Equal(("nightly", "", "Local"), (came.Name, came.Data.ToStringUtf8(), came.Metadata["timeZone"]));
        Assert.True(_events.IsEmpty);
    }

    [Theory]
    [InlineData(Order.Sequential, "out")]
    [InlineData(Order.Parallel, "missing", "out")]
    public async Task The_answer_saves_state_and_calls_output_bindings_with_its_data(Order order, params string[] outputs)
    {
        var clock = new TestClock(s_start);
        await using var outside = await Answering.StartAsync(0);
        await using var place = await GrpcPlace.StartAsync(
            routes => Map(routes, ["tick"], _ => new BindingEventResponse
            {
                StoreName = "statestore",
                States = { new StateItem { Key = "last", Value = ByteString.CopyFromUtf8("\"tick\"") } },
                To = { outputs },
                Concurrency = order,
                Data = ByteString.CopyFromUtf8("""{"n":1}"""),
            }),
            builder => builder.WithComponent("tick", "bindings.cron", ("schedule", "@every 1s")).WithInMemoryState("statestore")
                .WithComponent("out", "bindings.http", ("url", outside.Address.ToString())), clock);

        await clock.WaitForTimerAsync(TimeSpan.FromSeconds(1));
        clock.Advance(TimeSpan.FromSeconds(1));

        var called = await outside.NextAsync();
        Assert.Equal(("POST", """{"n":1}"""), (called.Method, called.Body));
        Assert.Equal("\"tick\"", await place.Sidecar.Http.GetStringAsync(new Uri("v1.0/state/statestore/last", UriKind.Relative)));
    }

    [Fact]
    public async Task A_binding_with_the_direction_input_needs_no_list()
    {
        var clock = new TestClock(s_start);
        await using var place = await GrpcPlace.StartAsync(
            routes => routes.MapGrpcUnary(AppCallbackMethods.OnBindingEvent, (request, _) =>
            {
                _events.Add(request);
                return Task.FromResult(new BindingEventResponse());
            }),
            builder => builder.WithComponent("tick", "bindings.cron", ("schedule", "@every 1s"), ("direction", "input")), clock);

        await clock.WaitForTimerAsync(TimeSpan.FromSeconds(1));
        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("tick", (await _events.TakeAsync()).Name);
    }

    private void Map(IEndpointRouteBuilder routes, string[] wanted, Func<BindingEventRequest, BindingEventResponse> answer)
    {
        routes.MapGrpcUnary(AppCallbackMethods.ListInputBindings, (_, _) => Task.FromResult(new ListInputBindingsResponse { Bindings = { wanted } }));
        routes.MapGrpcUnary(AppCallbackMethods.OnBindingEvent, (request, _) =>
        {
            _events.Add(request);
            return Task.FromResult(answer(request));
        });
    }
}
