using System.Net;
using System.Net.Http.Json;
using Dapr.Client;
using Dapr.Protocol.Common.V1;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Runtime.V1;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Http;
using Sdk.Tests.Sidecar;

namespace Sdk.Tests.Client;

public sealed class InvocationTests
{
    private sealed record Payload(string Name);

    [Fact]
    public async Task An_invocation_client_sends_every_address_to_the_sidecar()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var http = DaprClient.CreateInvokeHttpClient("catalog", sidecar.HttpEndpoint, "secret");

        await http.GetAsync("/products/1?x=a%20b");
        await http.PostAsJsonAsync("http://ordering/orders", new Payload("n"));

        Assert.Equal("/v1.0/invoke/catalog/method/products/1?x=a%20b", sidecar.HttpCalls[0].Target);
        Assert.Equal(("POST", "/v1.0/invoke/ordering/method/orders"), (sidecar.HttpCalls[1].Method, sidecar.HttpCalls[1].Target));
        Assert.All(sidecar.HttpCalls, call => Assert.Equal("secret", call.Headers["dapr-api-token"]));
        Assert.All(sidecar.HttpCalls, call => Assert.StartsWith("dapr-sdk-dotnet/v", call.Headers["User-Agent"], StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_app_id_keeps_its_capital_letters()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var client = sidecar.CreateClient();
        using var http = client.CreateInvokableHttpClient("OrderSaga");

        await http.GetAsync("/start");

        Assert.Equal("/v1.0/invoke/OrderSaga/method/start", Assert.Single(sidecar.HttpCalls).Target);
    }

    [Fact]
    public void An_app_id_that_cannot_be_a_host_is_refused()
    {
        Assert.Throws<ArgumentException>(() => DaprClient.CreateInvokeHttpClient("not a host"));
    }

    [Fact]
    public void The_handler_takes_only_http_addresses_for_its_sidecar()
    {
        using var handler = new InvocationHandler();

        Assert.Throws<ArgumentException>(() => handler.DaprEndpoint = "ftp://localhost:21");
    }

    [Fact]
    public async Task A_request_may_come_without_query_parameters()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var client = sidecar.CreateClient();

        Assert.Equal("/v1.0/invoke/catalog/method/products?x=1", client.CreateInvokeMethodRequest(HttpMethod.Get, "catalog", "products?x=1", null!).RequestUri!.PathAndQuery);
    }

    [Fact]
    public async Task The_request_is_left_as_the_caller_made_it()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var http = DaprClient.CreateInvokeHttpClient(daprEndpoint: sidecar.HttpEndpoint, daprApiToken: "secret");
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://catalog/products");

        await http.SendAsync(request);

        Assert.Equal("http://catalog/products", request.RequestUri!.AbsoluteUri);
        Assert.False(request.Headers.Contains("dapr-api-token"));
    }

    [Fact]
    public async Task A_method_request_names_app_and_method()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var client = sidecar.CreateClient(builder => builder.UseDaprApiToken("secret"));

        using var plain = client.CreateInvokeMethodRequest("catalog", "/products");
        using var query = client.CreateInvokeMethodRequest(HttpMethod.Get, "catalog", "products?a=1", [new("b c", "d&e")]);
        using var body = client.CreateInvokeMethodRequest("catalog", "products", new Payload("n"));

        Assert.Equal((HttpMethod.Post, "/v1.0/invoke/catalog/method/products"), (plain.Method, plain.RequestUri!.PathAndQuery));
        Assert.Equal("/v1.0/invoke/catalog/method/products?a=1&b%20c=d%26e", query.RequestUri!.PathAndQuery);
        Assert.Equal("""{"name":"n"}""", await body.Content!.ReadAsStringAsync());
        Assert.Equal(["secret"], plain.Headers.GetValues("dapr-api-token"));
    }

#pragma warning disable CS0618 // the family is obsolete and still part of the contract
    [Fact]
    public async Task InvokeMethod_posts_json_and_reads_json()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        sidecar.OnHttp = context => context.Response.WriteAsJsonAsync(new Payload("answer"));
        using var client = sidecar.CreateClient();

        var answer = await client.InvokeMethodAsync<Payload, Payload>("catalog", "products", new Payload("question"));

        Assert.Equal(new Payload("answer"), answer);
        Assert.Equal("""{"name":"question"}""", Assert.Single(sidecar.HttpCalls).Body);
    }

    [Fact]
    public async Task A_status_that_is_no_success_is_an_InvocationException_with_the_response()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        sidecar.OnHttp = context =>
        {
            context.Response.StatusCode = StatusCodes.Status409Conflict;
            return context.Response.WriteAsync("taken");
        };
        using var client = sidecar.CreateClient();

        var error = await Assert.ThrowsAsync<InvocationException>(() => client.InvokeMethodAsync("catalog", "reserve"));

        Assert.Equal(("catalog", "reserve", HttpStatusCode.Conflict), (error.AppId, error.MethodName, error.Response.StatusCode));
        Assert.Equal("taken", await error.Response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task With_response_any_status_is_an_answer()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        sidecar.OnHttp = context =>
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        };
        using var client = sidecar.CreateClient();

        using var response = await client.InvokeMethodWithResponseAsync(client.CreateInvokeMethodRequest("catalog", "products"));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task An_answer_that_is_not_the_json_expected_is_an_InvocationException()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        sidecar.OnHttp = context => context.Response.WriteAsync("<html>");
        using var client = sidecar.CreateClient();

        await Assert.ThrowsAsync<InvocationException>(() => client.InvokeMethodAsync<Payload>("catalog", "products"));
    }

    [Fact]
    public async Task A_request_for_elsewhere_is_refused()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var client = sidecar.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://elsewhere.example/x");

        await Assert.ThrowsAsync<InvalidOperationException>(() => client.InvokeMethodWithResponseAsync(request));
    }

    [Fact]
    public async Task A_grpc_application_is_called_with_packed_messages()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s.Answer(
            DaprMethods.InvokeService, _ => new InvokeResponse { Data = Any.Pack(new StringValue { Value = "answer" }) }));
        using var client = sidecar.CreateClient();

        var answer = await client.InvokeMethodGrpcAsync<StringValue, StringValue>("catalog", "Find", new StringValue { Value = "question" });
        await client.InvokeMethodGrpcAsync("catalog", "Touch");

        Assert.Equal("answer", answer.Value);
        var requests = sidecar.Calls.Select(call => (InvokeServiceRequest)call.Request).ToList();
        Assert.Equal(("catalog", "Find", "application/grpc"), (requests[0].Id, requests[0].Message.Method, requests[0].Message.ContentType));
        Assert.Equal("question", requests[0].Message.Data.Unpack<StringValue>().Value);
        Assert.Null(requests[1].Message.Data);
    }

    [Fact]
    public async Task A_failed_call_of_a_grpc_application_is_an_InvocationException()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s =>
            s.Refuse(DaprMethods.InvokeService, new GrpcException(GrpcStatusCode.NotFound, "no such product")));
        using var client = sidecar.CreateClient();

        var error = await Assert.ThrowsAsync<InvocationException>(() => client.InvokeMethodGrpcAsync<StringValue>("catalog", "Find"));

        Assert.Equal(("catalog", "Find"), (error.AppId, error.MethodName));
    }
#pragma warning restore CS0618
}
