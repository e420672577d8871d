using System.Security.Authentication;
using Dapr;
using Dapr.Actors;
using Dapr.Actors.Client;
using Dapr.Actors.Runtime;
using Microsoft.AspNetCore.Http;
using Sdk.Tests.Sidecar;

namespace Sdk.Tests.Actors;

public sealed class ProxyTests
{
    [Fact]
    public async Task A_typed_proxy_carries_arguments_there_and_results_back()
    {
        await using var world = await ActorWorld.StartAsync();
        var counter = world.CounterOf("c-1");
        var sent = new Parcel { Content = "tea", Weight = 1.25m, Stamps = { ["red"] = 2 } };

        var parcel = await counter.PackAsync(sent, ["fragile", "late"], new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero));

        Assert.Equal(("tea (fragile, late, 2026-01-02)", 1.25m, 2), (parcel.Content, parcel.Weight, parcel.Stamps["red"]));
        Assert.Null(await counter.CountAsync(CancellationToken.None));
        Assert.Equal(5, await counter.AddAsync(5));
        Assert.Equal(5, await counter.CountAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_typed_proxy_knows_inherited_methods_and_is_an_ActorProxy()
    {
        await using var world = await ActorWorld.StartAsync();
        var counter = world.CounterOf("c-1");

        var byName = await ((ActorProxy)counter).InvokeMethodAsync<int, int>("AddAsync", 2);

        Assert.Equal("Counter c-1", await counter.NameAsync());
        Assert.Equal(2, byName);
        Assert.Equal(("c-1", "Counter"), (((IActorProxy)counter).ActorId.GetId(), ((IActorProxy)counter).ActorType));
    }

    [Fact]
    public async Task A_proxy_among_the_arguments_arrives_as_a_reference()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        var counter = new ActorProxyFactory(new ActorProxyOptions { HttpEndpoint = sidecar.HttpEndpoint })
            .CreateActorProxy<ICounter>(new ActorId("c-1"), nameof(Counter));

        await Assert.ThrowsAsync<InvalidOperationException>(() => counter.NameOfAsync(counter));

        var body = Assert.Single(sidecar.HttpCalls).Body;
        Assert.Contains("ActorReference", body, StringComparison.Ordinal);
        Assert.Contains("c-1", body, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reference_is_taken_from_a_proxy_or_from_the_actor_itself()
    {
        var proxy = ActorProxy.Create(new ActorId("c-1"), "Counter");

        var reference = ActorReference.Get(proxy);

        Assert.Equal((new ActorId("c-1"), "Counter"), (reference.ActorId, reference.ActorType));
        Assert.Equal(proxy.ActorId, ((IActorProxy)reference.Bind(typeof(ICounter))).ActorId);
        Assert.Null(ActorReference.Get(null));
        var self = ActorReference.Get(new Alarm(ActorHost.CreateForTest<Alarm>(new ActorTestOptions { ActorId = new ActorId("a-1") }), new Diary()));
        Assert.Equal((new ActorId("a-1"), "Alarm"), (self.ActorId, self.ActorType));
        Assert.Throws<ArgumentOutOfRangeException>(() => ActorReference.Get("c-1"));
    }

    [Fact]
    public async Task What_an_actor_throws_is_thrown_at_its_caller()
    {
        await using var world = await ActorWorld.StartAsync();

        var error = await Assert.ThrowsAsync<ActorMethodInvocationException>(() => world.CounterOf("c-1").FailAfterAddingAsync(1, "enough"));

        var inner = Assert.IsType<ActorInvokeException>(error.InnerException);
        Assert.Equal(("System.InvalidOperationException", "enough"), (inner.ActualExceptionType, inner.Message));
        Assert.StartsWith("Remote Actor Method Exception,  DETAILS: Exception: InvalidOperationException", error.Message, StringComparison.Ordinal);
        Assert.Equal(("ERR_ACTOR_INVOKE_METHOD", false), (error.ErrorCode, error.IsTransient));
    }

    [Fact]
    public async Task An_untyped_proxy_speaks_json()
    {
        await using var world = await ActorWorld.StartAsync();
        var counter = world.Proxies.Create(new ActorId("c-1"), nameof(Counter));

        var count = await counter.InvokeMethodAsync<int, int>("AddAsync", 3);
        await counter.InvokeMethodAsync("AddAsync", 4);
        var sum = await counter.InvokeMethodAsync<int?>("CountAsync");
        await counter.InvokeMethodAsync("ResetAsync");

        Assert.Equal((3, 7), (count, sum));
        Assert.Null(await counter.InvokeMethodAsync<int?>("CountAsync"));
        var call = world.CallsOf("/method/AddAsync").First();
        Assert.Equal(("3", "application/json; charset=utf-8"), (call.Text, call.Headers["Content-Type"]));
        Assert.False(call.Headers.ContainsKey("X-DaprRequestHeader"));
    }

    [Theory]
    [InlineData("AddAsync", "\"three\"")]
    [InlineData("PackAsync", "{}")]
    [InlineData("Missing", "1")]
    public async Task What_cannot_be_called_with_json_is_the_sidecars_error(string method, string json)
    {
        await using var world = await ActorWorld.StartAsync();
        var counter = world.Proxies.Create(new ActorId("c-1"), nameof(Counter));

        var error = await Assert.ThrowsAsync<DaprApiException>(() => counter.InvokeMethodAsync(method, System.Text.Json.JsonDocument.Parse(json).RootElement));

        Assert.Equal("ERR_ACTOR_INVOKE_METHOD", error.ErrorCode);
    }

    [Fact]
    public async Task The_sidecars_errors_become_exceptions()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        var counter = new ActorProxyFactory(new ActorProxyOptions { HttpEndpoint = sidecar.HttpEndpoint }).Create(new ActorId("c-1"), nameof(Counter));

        sidecar.OnHttp = Answer(StatusCodes.Status500InternalServerError, """{"errorCode":"ERR_ACTOR_NO_ADDRESS","message":"did not find address for actor"}""");
        var known = await Assert.ThrowsAsync<DaprApiException>(() => counter.InvokeMethodAsync("AddAsync"));
        sidecar.OnHttp = Answer(StatusCodes.Status500InternalServerError, "<html>");
        var unreadable = await Assert.ThrowsAsync<DaprApiException>(() => counter.InvokeMethodAsync("AddAsync"));
        sidecar.OnHttp = Answer(StatusCodes.Status404NotFound, string.Empty);
        var missing = await Assert.ThrowsAsync<DaprApiException>(() => counter.InvokeMethodAsync("AddAsync"));
        sidecar.OnHttp = Answer(StatusCodes.Status401Unauthorized, string.Empty);
        await Assert.ThrowsAsync<AuthenticationException>(() => counter.InvokeMethodAsync("AddAsync"));

        Assert.Equal(("ERR_ACTOR_NO_ADDRESS", "did not find address for actor"), (known.ErrorCode, known.Message));
        Assert.Equal("UNKNOWN", unreadable.ErrorCode);
        Assert.Equal("ERR_DOES_NOT_EXIST", missing.ErrorCode);

        static Func<HttpContext, Task> Answer(int status, string body) => context =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync(body);
        };
    }

    [Fact]
    public async Task The_token_and_the_timeout_are_those_of_the_options()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        var options = new ActorProxyOptions { HttpEndpoint = sidecar.HttpEndpoint + "/", DaprApiToken = "secret" };
        await ActorProxy.Create(new ActorId("c-1"), "Counter", options).InvokeMethodAsync("AddAsync");

        sidecar.OnHttp = context => Task.Delay(Timeout.Infinite, context.RequestAborted);
        options.RequestTimeout = TimeSpan.FromMilliseconds(50);
        await Assert.ThrowsAsync<TaskCanceledException>(() => ActorProxy.Create(new ActorId("c-1"), "Counter", options).InvokeMethodAsync("AddAsync"));

        Assert.Equal(("secret", "/v1.0/actors/Counter/c-1/method/AddAsync"), (sidecar.HttpCalls[0].Headers["dapr-api-token"], sidecar.HttpCalls[0].Target));
    }

    [Fact]
    public void What_cannot_be_an_actor_interface_is_refused()
    {
        AssertRefused<IOverloaded>("overloads");
        AssertRefused<ISynchronous>("does not return a Task");
        AssertRefused<IGeneric<int>>("is generic");
        AssertRefused<IGenericMethod>("generic method");
        AssertRefused<IEarlyToken>("not its last parameter");
        AssertRefused<IStray>("does not derive from IActor");
        Assert.Throws<ArgumentException>(() => ActorProxy.Create(new ActorId("1"), typeof(IDisposable), "T"));

        static void AssertRefused<T>(string why)
            where T : IActor
        {
            var error = Assert.Throws<ArgumentException>(() => ActorProxy.Create<T>(new ActorId("1"), "T"));
            Assert.Contains(why, error.Message, StringComparison.Ordinal);
        }
    }

    public interface IOverloaded : IActor
    {
        Task DoAsync();

        Task DoAsync(int times);
    }

    public interface ISynchronous : IActor
    {
        int Do();
    }

    public interface IGeneric<T> : IActor
    {
        Task DoAsync(T value);
    }

    public interface IGenericMethod : IActor
    {
        Task DoAsync<T>(T value);
    }

    public interface IEarlyToken : IActor
    {
#pragma warning disable CA1068 // that it is refused is the point
        Task DoAsync(CancellationToken cancellationToken, int times);
#pragma warning restore CA1068
    }

    public interface IStray : IActor, IDisposable;
}
