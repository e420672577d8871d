using System.Threading.Channels;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Grpc.Server;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Runtime.V1;
using Dapr.Protocol.Workflow;
using Protocol.Tests.Hosting;

namespace Protocol.Tests;

public class StreamingCallTests
{
    [Fact]
    public async Task A_server_stream_delivers_every_message_in_order_and_ends()
    {
        await using var server = await GrpcTestServer.StartAsync(routes => routes.MapGrpcServerStream(TaskHubMethods.GetWorkItems, async (_, responses, call) =>
        {
            for (var i = 0; i < 1000; i++)
                await responses.WriteAsync(new WorkItem { CompletionToken = $"{i}" }, call.CancellationToken);
        }));

        var tokens = await server.Channel.ServerStreamAsync(TaskHubMethods.GetWorkItems, new GetWorkItemsRequest()).Select(item => item.CompletionToken).ToListAsync();

        Assert.Equal(Enumerable.Range(0, 1000).Select(i => $"{i}"), tokens);
    }

    [Fact]
    public async Task A_server_stream_that_fails_gives_its_messages_first_and_then_the_error()
    {
        await using var server = await GrpcTestServer.StartAsync(routes => routes.MapGrpcServerStream(TaskHubMethods.GetWorkItems, async (_, responses, _) =>
        {
            await responses.WriteAsync(new WorkItem { CompletionToken = "one" });
            throw new GrpcException(GrpcStatusCode.Aborted, "moved away");
        }));
        var seen = new List<string>();

        var error = await Assert.ThrowsAsync<GrpcException>(async () =>
        {
            await foreach (var item in server.Channel.ServerStreamAsync(TaskHubMethods.GetWorkItems, new GetWorkItemsRequest()))
                seen.Add(item.CompletionToken);
        });

        Assert.Equal(["one"], seen);
        Assert.Equal(GrpcStatusCode.Aborted, error.StatusCode);
        Assert.Equal("moved away", error.Detail);
    }

    [Fact]
    public async Task Leaving_a_server_stream_cancels_the_handler()
    {
        var cancelled = new TaskCompletionSource();
        await using var server = await GrpcTestServer.StartAsync(routes => routes.MapGrpcServerStream(TaskHubMethods.GetWorkItems, async (_, responses, call) =>
        {
            call.CancellationToken.Register(cancelled.SetResult);
            await responses.WriteAsync(new WorkItem { CompletionToken = "one" });
            await Task.Delay(Timeout.Infinite, call.CancellationToken);
        }));

        await foreach (var _ in server.Channel.ServerStreamAsync(TaskHubMethods.GetWorkItems, new GetWorkItemsRequest()))
            break;

        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Cancelling_the_token_of_a_server_stream_throws_and_cancels_the_handler()
    {
        var cancelled = new TaskCompletionSource();
        using var stop = new CancellationTokenSource();
        await using var server = await GrpcTestServer.StartAsync(routes => routes.MapGrpcServerStream(TaskHubMethods.GetWorkItems, async (_, responses, call) =>
        {
            call.CancellationToken.Register(cancelled.SetResult);
            await responses.WriteAsync(new WorkItem());
            await Task.Delay(Timeout.Infinite, call.CancellationToken);
        }));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in server.Channel.ServerStreamAsync(TaskHubMethods.GetWorkItems, new GetWorkItemsRequest()).WithCancellation(stop.Token))
                await stop.CancelAsync();
        });

        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_duplex_call_answers_each_request_while_the_stream_stays_open()
    {
        await using var server = await EchoAsync();
        using var call = server.Channel.Duplex(DaprMethods.SubscribeTopicEventsAlpha1);
        await using var responses = call.ReadAllAsync().GetAsyncEnumerator();

        for (var i = 0; i < 100; i++)
        {
            await call.WriteAsync(Processed($"{i}"));
            Assert.True(await responses.MoveNextAsync());
            Assert.Equal($"{i}", responses.Current.EventMessage.Id);
        }
        call.CompleteRequests();

        Assert.False(await responses.MoveNextAsync());
    }

    [Fact]
    public async Task A_duplex_call_gives_its_headers_before_any_message()
    {
        await using var server = await GrpcTestServer.StartAsync(routes => routes.MapGrpcDuplex(DaprMethods.SubscribeTopicEventsAlpha1, async (requests, _, call) =>
        {
            call.ResponseHeaders.Add("x-open", "yes");
            await call.SendHeadersAsync();
            Assert.Empty(await requests.ToListAsync());
        }));
        using var call = server.Channel.Duplex(DaprMethods.SubscribeTopicEventsAlpha1);

        var headers = await call.ReadHeadersAsync().WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal("yes", headers.GetText("x-open"));
    }

    [Fact]
    public async Task Messages_written_by_several_threads_stay_whole()
    {
        await using var server = await GrpcTestServer.StartAsync(routes => routes.MapGrpcServerStream(TaskHubMethods.GetWorkItems, (_, responses, _) =>
            Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(async () =>
            {
                for (var i = 0; i < 100; i++)
                    await responses.WriteAsync(new WorkItem { CompletionToken = new string((char)('a' + thread), 1 + i * 37) });
            })))));

        var tokens = await server.Channel.ServerStreamAsync(TaskHubMethods.GetWorkItems, new GetWorkItemsRequest()).Select(item => item.CompletionToken).ToListAsync();

        Assert.Equal(800, tokens.Count);
        Assert.All(tokens, token => Assert.Single(token.Distinct()));
    }

    [Fact]
    public async Task Writing_after_the_call_has_ended_is_refused()
    {
        IGrpcStreamWriter<WorkItem>? kept = null;
        await using var server = await GrpcTestServer.StartAsync(routes => routes.MapGrpcServerStream(TaskHubMethods.GetWorkItems, (_, responses, _) =>
        {
            kept = responses;
            return Task.CompletedTask;
        }));

        Assert.Empty(await server.Channel.ServerStreamAsync(TaskHubMethods.GetWorkItems, new GetWorkItemsRequest()).ToListAsync());

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await kept!.WriteAsync(new WorkItem()));
    }

    [Fact]
    public async Task A_server_that_ends_a_duplex_call_early_ends_it_well_for_the_client()
    {
        await using var server = await GrpcTestServer.StartAsync(routes => routes.MapGrpcDuplex(
            DaprMethods.SubscribeTopicEventsAlpha1, async (_, responses, _) => await responses.WriteAsync(Message("only"))));
        using var call = server.Channel.Duplex(DaprMethods.SubscribeTopicEventsAlpha1);

        var ids = await call.ReadAllAsync().Select(message => message.EventMessage.Id).ToListAsync();

        Assert.Equal(["only"], ids);
    }

    [Fact]
    public async Task Disposing_a_duplex_call_cancels_the_handler()
    {
        var ended = Channel.CreateUnbounded<string>();
        await using var server = await GrpcTestServer.StartAsync(routes => routes.MapGrpcDuplex(DaprMethods.SubscribeTopicEventsAlpha1, async (_, responses, call) =>
        {
            call.CancellationToken.Register(() => ended.Writer.TryWrite("cancelled"));
            await responses.WriteAsync(Message("one"));
            await Task.Delay(Timeout.Infinite, call.CancellationToken);
        }));

        using (var call = server.Channel.Duplex(DaprMethods.SubscribeTopicEventsAlpha1))
        {
            await using var responses = call.ReadAllAsync().GetAsyncEnumerator();
            Assert.True(await responses.MoveNextAsync());
        }

        Assert.Equal("cancelled", await ended.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30)));
    }

    internal static Task<GrpcTestServer> EchoAsync() => GrpcTestServer.StartAsync(routes => routes.MapGrpcDuplex(DaprMethods.SubscribeTopicEventsAlpha1, async (requests, responses, _) =>
    {
        await foreach (var request in requests)
            await responses.WriteAsync(Message(request.EventProcessed.Id));
    }));

    private static SubscribeTopicEventsRequestAlpha1 Processed(string id) => new() { EventProcessed = new SubscribeTopicEventsRequestProcessedAlpha1 { Id = id } };

    private static SubscribeTopicEventsResponseAlpha1 Message(string id) => new() { EventMessage = new TopicEventRequest { Id = id } };
}
