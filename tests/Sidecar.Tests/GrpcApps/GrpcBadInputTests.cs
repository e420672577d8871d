using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Reflection.V1;
using Dapr.Protocol.Runtime.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Sidecar.Testing;

namespace Sidecar.Tests.GrpcApps;

/// <summary>What is no proper gRPC call is answered or cut off, and the sidecar stays up.</summary>
public sealed class GrpcBadInputTests : IAsyncLifetime
{
    private TestSidecar _sidecar = null!;
    private GrpcChannel _channel = null!;

    public async Task InitializeAsync()
    {
        _sidecar = await TestSidecar.For("shop").WithoutApp().WithInMemoryState("statestore").WithInMemoryPubSub("pubsub").StartAsync();
        _channel = GrpcPlace.ChannelTo(_sidecar);
    }

    public async Task DisposeAsync()
    {
        // Whatever a test did, the sidecar still answers.
        Assert.Equal("shop", (await _channel.UnaryAsync(DaprMethods.GetMetadata, new GetMetadataRequest())).Id);
        _channel.Dispose();
        await _sidecar.DisposeAsync();
    }

    [Theory]
    [InlineData("00000000050AFFFFFF0F", 13)]
    [InlineData("0000000005", 13)]
    [InlineData("00000000050A", 13)]
    [InlineData("0700000000", 13)]
    [InlineData("", 13)]
    [InlineData("00000000000000000000", 13)]
    [InlineData("00FFFFFFFF", 8)]
    public async Task Bytes_that_are_no_message_are_refused(string hex, int status)
    {
        using var response = await PostAsync(DaprMethods.GetState.Path, Convert.FromHexString(hex));

        Assert.Equal(status.ToString(System.Globalization.CultureInfo.InvariantCulture), StatusOf(response));
    }

    [Fact]
    public async Task A_message_beyond_max_body_size_exhausts_a_resource()
    {
        var error = await Assert.ThrowsAsync<GrpcException>(() => _channel.UnaryAsync(DaprMethods.GetState, new GetStateRequest { Key = new string('k', 5 << 20) }));

        Assert.Equal(GrpcStatusCode.ResourceExhausted, error.StatusCode);
        Assert.StartsWith("grpc: received message larger than max (", error.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HTTP_1_on_the_gRPC_port_gets_an_answer_in_its_own_tongue_and_the_connection_ends()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, _sidecar.GrpcPort);
        await socket.GetStream().WriteAsync("GET /v1.0/metadata HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());

        using var reader = new StreamReader(socket.GetStream(), Encoding.ASCII);
        Assert.StartsWith("HTTP/1.1 400", await reader.ReadToEndAsync().WaitAsync(GrpcPlace.Patience), StringComparison.Ordinal);
    }

    [Fact]
    public async Task HTTP_2_that_is_not_gRPC_is_an_unsupported_media_type()
    {
        using var response = await PostAsync("/v1.0/metadata", [], "application/json");

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Fact]
    public async Task A_stream_cut_in_the_middle_of_a_message_ends_its_subscription()
    {
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(IPAddress.Loopback, _sidecar.GrpcPort);
            await socket.GetStream().WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray());
            await socket.GetStream().WriteAsync(new byte[] { 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 9, 1, 4, 0 });
        }

        using (var call = _channel.Duplex(DaprMethods.SubscribeTopicEventsAlpha1))
        {
            await call.WriteAsync(Subscribe("cut"));
            await call.ReadHeadersAsync();
        }

        await UntilAsync(async () => (await _channel.UnaryAsync(DaprMethods.GetMetadata, new GetMetadataRequest())).Subscriptions.Count == 0);
    }

    [Fact]
    public async Task A_client_that_does_not_read_holds_up_nobody_else_and_loses_nothing()
    {
        const int Events = 300;
        using var silent = GrpcPlace.ChannelTo(_sidecar);
        using var call = silent.Duplex(DaprMethods.SubscribeTopicEventsAlpha1);
        await call.WriteAsync(Subscribe("unread"));
        await UntilAsync(async () => (await _channel.UnaryAsync(DaprMethods.GetMetadata, new GetMetadataRequest())).Subscriptions.Count == 1);

        // Far more than the windows of a connection take.
        var data = ByteString.CopyFrom(new byte[64 * 1024]);
        for (var i = 0; i < Events; i++)
            await _channel.UnaryAsync(DaprMethods.PublishEvent, new PublishEventRequest { PubsubName = "pubsub", Topic = "unread", Data = data, DataContentType = "application/octet-stream" });

        var came = 0;
        await using var events = call.ReadAllAsync().GetAsyncEnumerator();
        while (came < Events)
        {
            Assert.True(await events.MoveNextAsync().AsTask().WaitAsync(GrpcPlace.Patience));
            if (events.Current.EventMessage is not { } message)
                continue;
            Assert.Equal(data.Length, message.Data.Length);
            came++;
            await call.WriteAsync(new SubscribeTopicEventsRequestAlpha1 { EventProcessed = new() { Id = message.Id, Status = new TopicEventResponse() } });
        }
    }

    [Fact]
    public async Task Reflection_lists_what_is_served_and_every_listed_method_is()
    {
        using var call = _channel.Duplex(ReflectionMethods.ServerReflectionInfo);
        await call.WriteAsync(new ServerReflectionRequest { ListServices = "" });
        await call.WriteAsync(new ServerReflectionRequest { FileContainingSymbol = DaprMethods.Service });
        await call.WriteAsync(new ServerReflectionRequest { FileContainingSymbol = ReflectionMethods.ServerReflectionInfo.Service });
        call.CompleteRequests();
        var answers = await call.ReadAllAsync().ToListAsync();

        Assert.Contains("grpc.reflection.v1.ServerReflection", answers[0].ListServicesResponse.Service.Select(service => service.Name));
        var service = answers[1].FileDescriptorResponse.FileDescriptorProto.Select(FileDescriptorProto.Parser.ParseFrom).SelectMany(file => file.Service).Single(found => found.Name == "Dapr");
        Assert.NotNull(answers[2].FileDescriptorResponse);
        foreach (var method in service.Method.Where(method => method.Name != "Shutdown"))
        {
            using var limit = new CancellationTokenSource(GrpcPlace.Patience);
            using var response = await PostAsync($"/{DaprMethods.Service}/{method.Name}", [0x07], token: limit.Token);
            // A first byte that is no gRPC: a method that is served refuses it, one that is not says so.
            Assert.True(StatusOf(response) == "13", $"{method.Name} is listed and answers {StatusOf(response)}");
        }
    }

    private static SubscribeTopicEventsRequestAlpha1 Subscribe(string topic) => new() { InitialRequest = new() { PubsubName = "pubsub", Topic = topic } };

    private static string StatusOf(HttpResponseMessage response) =>
        response.Headers.TryGetValues("grpc-status", out var status) || response.TrailingHeaders.TryGetValues("grpc-status", out status) ? status.First() : $"HTTP {(int)response.StatusCode}";

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(GrpcPlace.Patience);
        while (!await condition())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private async Task<HttpResponseMessage> PostAsync(string path, byte[] body, string contentType = "application/grpc", CancellationToken token = default)
    {
        using var http = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false });
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"http://127.0.0.1:{_sidecar.GrpcPort}{path}"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue(contentType) } },
        };
        request.Headers.TryAddWithoutValidation("te", "trailers");
        var response = await http.SendAsync(request, token);
        await response.Content.LoadIntoBufferAsync(token);
        return response;
    }
}
