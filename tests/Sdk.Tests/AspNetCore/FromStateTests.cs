using System.Net;
using Dapr;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Runtime.V1;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Sdk.Tests.Sidecar;

namespace Sdk.Tests.AspNetCore;

public sealed class FromStateTests
{
    private static Task<TestApp> StartAsync(FakeSidecar sidecar) => TestApp.StartAsync(
        builder => builder.Services.AddControllers()
            .AddApplicationPart(typeof(WidgetController).Assembly)
            .AddDapr(client => client.UseGrpcEndpoint(sidecar.GrpcEndpoint).UseHttpEndpoint(sidecar.HttpEndpoint)),
        app => app.MapControllers());

    [Theory]
    [InlineData("/widgets/w-1/value")]
    [InlineData("/widgets/w-1/entry")]
    public async Task A_parameter_is_filled_from_the_store_under_the_key_of_the_route(string path)
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s.Answer(
            DaprMethods.GetState, _ => new GetStateResponse { Data = ByteString.CopyFromUtf8("""{"size":4}"""), Etag = "1" }));
        await using var app = await StartAsync(sidecar);

        Assert.Equal("4", await app.Http.GetStringAsync(path));
        var request = sidecar.Only<GetStateRequest>();
        Assert.Equal(("widgets", "w-1"), (request.StoreName, request.Key));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void A_parameter_without_a_store_is_refused(string? store) =>
        Assert.Equal("storeName", Assert.Throws<ArgumentException>(() => new FromStateAttribute(store!)).ParamName);

    [Fact]
    public async Task An_absent_key_gives_an_entry_without_value()
    {
        await using var sidecar = await FakeSidecar.StartAsync(s => s.Answer(DaprMethods.GetState));
        await using var app = await StartAsync(sidecar);

        Assert.Equal(HttpStatusCode.NoContent, (await app.Http.GetAsync("/widgets/w-1/entry")).StatusCode);
    }
}

public sealed record Widget(int Size);

[ApiController]
[Route("widgets/{widget}")]
public sealed class WidgetController : ControllerBase
{
    [HttpGet("value")]
    public ActionResult<int> Value([FromState("widgets")] Widget widget) => Ok(widget.Size);

    [HttpGet("entry")]
    public ActionResult<int?> Entry([FromState("widgets", "widget")] StateEntry<Widget> state) => Ok(state.Value?.Size);
}
