using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Resources;
using Sidecar.Tests.Hosting;

namespace Sidecar.Tests.Invocation;

public sealed class InvocationResiliencyTests
{
    private static readonly ResiliencySpec s_retryTwice = new()
    {
        Retries = new Dictionary<string, RetryPolicy> { ["twice"] = new() { Duration = TimeSpan.Zero, MaxRetries = 2 } },
        Apps = new Dictionary<string, PolicyNames> { ["orders"] = new("", "twice") },
    };

    [Fact]
    public async Task A_failed_answer_is_retried_with_the_same_body_until_one_succeeds()
    {
        var bodies = new List<string>();
        await using var app = await TestApp.StartAsync(async context =>
        {
            bodies.Add(await new StreamReader(context.Request.Body).ReadToEndAsync());
            context.Response.StatusCode = bodies.Count < 3 ? 503 : 200;
        });
        await using var fixture = await StartAsync(app.Port, s_retryTwice);

        var answer = await fixture.Client.PostAsync("/v1.0/invoke/orders/method/x", new StringContent("again"));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(["again", "again", "again"], bodies);
    }

    [Fact]
    public async Task When_retries_are_used_up_the_caller_gets_the_apps_last_answer()
    {
        var tries = 0;
        await using var app = await TestApp.StartAsync(context =>
        {
            context.Response.StatusCode = 503;
            return context.Response.WriteAsync($"try {++tries}");
        });
        await using var fixture = await StartAsync(app.Port, s_retryTwice);

        var answer = await fixture.Client.GetAsync("/v1.0/invoke/orders/method/x");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("try 3", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_body_of_unknown_length_is_sent_once()
    {
        var tries = 0;
        await using var app = await TestApp.StartAsync(async context =>
        {
            tries++;
            await context.Request.Body.CopyToAsync(Stream.Null);
            context.Response.StatusCode = 503;
        });
        await using var fixture = await StartAsync(app.Port, s_retryTwice);

        var answer = await fixture.Client.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/v1.0/invoke/orders/method/x")
        {
            Content = new StreamContent(new MemoryStream(Encoding.UTF8.GetBytes("streamed"))),
            Headers = { TransferEncodingChunked = true },
        });

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(1, tries);
    }

    [Fact]
    public async Task A_timeout_is_a_500_that_says_so()
    {
        var release = new TaskCompletionSource();
        await using var app = await TestApp.StartAsync(_ => release.Task);
        await using var fixture = await StartAsync(app.Port, new ResiliencySpec
        {
            Timeouts = new Dictionary<string, TimeSpan> { ["short"] = TimeSpan.FromMilliseconds(100) },
            Apps = new Dictionary<string, PolicyNames> { ["orders"] = new("short") },
        });

        var answer = await fixture.Client.GetAsync("/v1.0/invoke/orders/method/x");
        release.SetResult();

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Contains("ERR_DIRECT_INVOKE", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Without_a_policy_a_refused_connection_is_tried_again_until_the_app_is_back()
    {
        var time = new SteppedTime();
        var app = await TestApp.StartAsync(context => context.Response.WriteAsync("first"));
        await using var fixture = await SidecarFixture.StartAsync(new SidecarOptions { AppId = "orders", AppPort = app.Port }, time: time);
        var port = app.Port;
        await app.DisposeAsync();

        var asking = fixture.Client.PostAsync("/v1.0/invoke/orders/method/x", new StringContent("body"));
        await time.WaitForTimerAsync(remaining => remaining == TimeSpan.FromSeconds(1)).WaitAsync(TimeSpan.FromSeconds(60));
        await using var again = await TestApp.StartAsync(context => context.Request.Body.CopyToAsync(context.Response.Body), port: port);
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("body", await (await asking).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task When_the_app_stays_down_the_answer_is_a_500_after_three_retries()
    {
        var time = new SteppedTime();
        var app = await TestApp.StartAsync(_ => Task.CompletedTask);
        await using var fixture = await SidecarFixture.StartAsync(new SidecarOptions { AppId = "orders", AppPort = app.Port }, time: time);
        await app.DisposeAsync();

        var asking = fixture.Client.GetAsync("/v1.0/invoke/orders/method/x");
        for (var retry = 0; retry < 3; retry++)
            await time.AdvanceToTimerAsync(TimeSpan.FromSeconds(1)).WaitAsync(TimeSpan.FromSeconds(60));
        var answer = await asking;

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.StartsWith("""{"errorCode":"ERR_DIRECT_INVOKE","message":"failed to invoke, id: orders, err: error invoking app channel: """, await answer.Content.ReadAsStringAsync());
    }

    private static Task<SidecarFixture> StartAsync(int appPort, ResiliencySpec resiliency) =>
        SidecarFixture.StartAsync(new SidecarOptions { AppId = "orders", AppPort = appPort }, new SidecarResources { Resiliencies = [resiliency] });
}
