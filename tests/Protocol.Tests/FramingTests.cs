using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Grpc.Server;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Runtime.V1;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Protocol.Tests.Hosting;

namespace Protocol.Tests;

/// <summary>What happens on the wire itself: sizes, compression, and requests no client of ours would send.</summary>
public class FramingTests
{
    [Fact]
    public async Task Four_mebibytes_pass_by_default_and_more_is_ResourceExhausted()
    {
        await using var server = await UnaryCallTests.ServeAsync((request, _) => Task.FromResult(new GetStateResponse { Etag = $"{request.Key.Length}" }));
        const int Largest = 4 * 1024 * 1024;

        var fits = await server.Channel.UnaryAsync(DaprMethods.GetState, new GetStateRequest { Key = new string('x', Largest - 5) });
        var error = await Assert.ThrowsAsync<GrpcException>(() => server.Channel.UnaryAsync(DaprMethods.GetState, new GetStateRequest { Key = new string('x', Largest) }));

        Assert.Equal($"{Largest - 5}", fits.Etag);
        Assert.Equal(GrpcStatusCode.ResourceExhausted, error.StatusCode);
        Assert.Contains("4194304", error.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_limit_of_ones_own_holds_on_each_side()
    {
        await using var server = await UnaryCallTests.ServeAsync(
            (_, _) => Task.FromResult(new GetStateResponse { Data = ByteString.CopyFrom(new byte[500]) }), new GrpcServerOptions { MaxReceiveMessageSize = 100 });
        using var small = new GrpcChannel(server.Address, new GrpcChannelOptions { MaxReceiveMessageSize = 100, MaxSendMessageSize = 200 });

        var response = await Assert.ThrowsAsync<GrpcException>(() => small.UnaryAsync(DaprMethods.GetState, new GetStateRequest()));
        var unsent = await Assert.ThrowsAsync<GrpcException>(() => small.UnaryAsync(DaprMethods.GetState, new GetStateRequest { Key = new string('x', 300) }));
        var refused = await Assert.ThrowsAsync<GrpcException>(() => server.Channel.UnaryAsync(DaprMethods.GetState, new GetStateRequest { Key = new string('x', 300) }));

        Assert.Equal("grpc: received message larger than max (503 vs. 100)", response.Detail);
        Assert.Equal("trying to send message larger than max (303 vs. 200)", unsent.Detail);
        Assert.Equal("grpc: received message larger than max (303 vs. 100)", refused.Detail);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task A_compressed_request_is_read(string encoding)
    {
        await using var server = await UnaryCallTests.ServeAsync((request, _) => Task.FromResult(new GetStateResponse { Etag = request.Key }));

        var (status, headers, trailers, body) = await PostAsync(server, Frame(Compress(new GetStateRequest { Key = "packed" }.ToByteArray(), encoding), compressed: true), encoding: encoding);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("0", trailers("grpc-status") ?? headers("grpc-status"));
        Assert.Equal("packed", GetStateResponse.Parser.ParseFrom(body[5..]).Etag);
    }

    [Fact]
    public async Task A_small_frame_that_inflates_past_the_limit_is_ResourceExhausted()
    {
        await using var server = await UnaryCallTests.ServeAsync((_, _) => Task.FromResult(new GetStateResponse()));

        var (_, headers, _, _) = await PostAsync(server, Frame(Compress(new byte[50 * 1024 * 1024], "gzip"), compressed: true), encoding: "gzip");

        Assert.Equal("8", headers("grpc-status"));
    }

    [Fact]
    public async Task An_unknown_compression_is_Unimplemented_and_names_what_is_known()
    {
        await using var server = await UnaryCallTests.ServeAsync((_, _) => Task.FromResult(new GetStateResponse()));

        var (_, headers, _, _) = await PostAsync(server, Frame([]), encoding: "snappy");

        Assert.Equal("12", headers("grpc-status"));
        Assert.Equal("identity,gzip,deflate", headers("grpc-accept-encoding"));
    }

    [Fact]
    public async Task A_compressed_response_is_read()
    {
        await using var server = await GrpcTestServer.StartAsync(routes => routes.MapPost(DaprMethods.GetState.Path, async context =>
        {
            context.Response.ContentType = "application/grpc";
            context.Response.Headers["grpc-encoding"] = "gzip";
            await context.Response.Body.WriteAsync(Frame(Compress(new GetStateResponse { Etag = "packed" }.ToByteArray(), "gzip"), compressed: true));
            context.Response.AppendTrailer("grpc-status", "0");
        }));

        Assert.Equal("packed", (await server.Channel.UnaryAsync(DaprMethods.GetState, new GetStateRequest())).Etag);
    }

    [Theory]
    [InlineData("0000000005FFFFFFFFFF", "13")] // not protobuf
    [InlineData("00000000", "13")] // cut off inside the prefix
    [InlineData("000000000A0A01", "13")] // cut off inside the message
    [InlineData("", "13")] // no message
    [InlineData("00000000000000000000", "13")] // two messages
    [InlineData("0700000000", "13")] // an impossible flag
    [InlineData("0100000000", "13")] // compressed without an encoding
    [InlineData("00FFFFFFFF", "8")] // a length no message has
    public async Task A_broken_request_is_refused_with_a_status(string hex, string grpcStatus)
    {
        await using var server = await UnaryCallTests.ServeAsync((_, _) => Task.FromResult(new GetStateResponse()));

        var (status, headers, _, _) = await PostAsync(server, Convert.FromHexString(hex));

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(grpcStatus, headers("grpc-status"));
    }

    [Theory]
    [InlineData("application/json", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/grpc-web", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/grpc", HttpStatusCode.OK)]
    [InlineData("application/grpc+proto", HttpStatusCode.OK)]
    [InlineData("application/grpc; charset=utf-8", HttpStatusCode.OK)]
    public async Task Only_gRPC_content_is_taken(string contentType, HttpStatusCode expected)
    {
        await using var server = await UnaryCallTests.ServeAsync((_, _) => Task.FromResult(new GetStateResponse()));

        var (status, _, _, _) = await PostAsync(server, Frame([]), contentType);

        Assert.Equal(expected, status);
    }

    [Theory]
    [InlineData("a%20b", "a b")]
    [InlineData("%E2%9C%93", "✓")]
    [InlineData("100%", "100%")]
    [InlineData("%zz✓", "%zz✓")]
    public void A_status_message_is_decoded_leniently(string encoded, string text) => Assert.Equal(text, GrpcStatusMessage.Decode(encoded));

    [Fact]
    public void A_status_message_escapes_only_what_it_must() => Assert.Equal("not found: %25 \"x\" %C3%A9%0A", GrpcStatusMessage.Encode("not found: % \"x\" é\n"));

    [Theory]
    [InlineData(401, GrpcStatusCode.Unauthenticated)]
    [InlineData(404, GrpcStatusCode.Unimplemented)]
    [InlineData(503, GrpcStatusCode.Unavailable)]
    [InlineData(500, GrpcStatusCode.Unknown)]
    public async Task An_answer_that_is_not_gRPC_is_an_error_with_the_matching_code(int httpStatus, GrpcStatusCode expected)
    {
        await using var server = await GrpcTestServer.StartAsync(routes => routes.MapPost(DaprMethods.GetState.Path, context =>
        {
            context.Response.StatusCode = httpStatus;
            return Task.CompletedTask;
        }));

        var error = await Assert.ThrowsAsync<GrpcException>(() => server.Channel.UnaryAsync(DaprMethods.GetState, new GetStateRequest()));

        Assert.Equal(expected, error.StatusCode);
    }

    private static byte[] Frame(byte[] message, bool compressed = false)
    {
        var frame = new byte[5 + message.Length];
        GrpcFraming.WriteHeader(frame, message.Length);
        frame[0] = compressed ? (byte)1 : (byte)0;
        message.CopyTo(frame, 5);
        return frame;
    }

    private static byte[] Compress(byte[] plain, string encoding)
    {
        var packed = new MemoryStream();
        using (Stream stream = encoding == "gzip" ? new GZipStream(packed, CompressionMode.Compress) : new ZLibStream(packed, CompressionMode.Compress))
            stream.Write(plain);
        return packed.ToArray();
    }

    private static async Task<(HttpStatusCode Status, Func<string, string?> Header, Func<string, string?> Trailer, byte[] Body)> PostAsync(
        GrpcTestServer server, byte[] body, string contentType = "application/grpc", string? encoding = null)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Address, DaprMethods.GetState.Path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body) { Headers = { ContentType = MediaTypeHeaderValue.Parse(contentType) } },
        };
        if (encoding is not null)
            request.Headers.TryAddWithoutValidation("grpc-encoding", encoding);
        using var response = await http.SendAsync(request);
        var bytes = await response.Content.ReadAsByteArrayAsync();
        return (response.StatusCode, Find(response.Headers), Find(response.TrailingHeaders), bytes);

        static Func<string, string?> Find(HttpResponseHeaders headers) => name => headers.TryGetValues(name, out var values) ? string.Join(',', values) : null;
    }
}
