using System.Net;
using System.Net.Http.Json;
using System.Security.Claims;
using Dapr.Client;
using Dapr.Jobs;
using Dapr.Jobs.Extensions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Sdk.Tests.AspNetCore;

/// <summary>Registration, the application's token, and the handler of jobs.</summary>
public sealed class ApplicationTests
{
    [Fact]
    public void A_client_of_ones_own_is_not_replaced()
    {
        using var own = new DaprClientBuilder().Build();
        var services = new ServiceCollection();
        services.AddSingleton(own);

        services.AddDaprClient();

        using var provider = services.BuildServiceProvider();
        Assert.Same(own, provider.GetRequiredService<DaprClient>());
    }

    [Fact]
    public void The_client_is_configured_from_the_configuration()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create("DAPR_HTTP_PORT", (string?)"3977")]).Build());
        services.AddDaprClient();
        services.AddDaprJobsClient();

        using var provider = services.BuildServiceProvider();
        using var request = provider.GetRequiredService<DaprClient>().CreateInvokeMethodRequest("a", "m");

        Assert.Equal(3977, request.RequestUri!.Port);
        Assert.Same(provider.GetRequiredService<DaprJobsClient>(), provider.GetRequiredService<DaprJobsClient>());
    }

    [Theory]
    [InlineData("right", "right", HttpStatusCode.OK)]
    [InlineData("right", "wrong", HttpStatusCode.Unauthorized)]
    [InlineData("right", null, HttpStatusCode.Unauthorized)]
    [InlineData("", "any", HttpStatusCode.Unauthorized)]
    public async Task Only_the_sidecar_with_the_applications_token_is_admitted(string expected, string? presented, HttpStatusCode status)
    {
        await using var app = await TestApp.StartAsync(
            builder =>
            {
                builder.Configuration.AddInMemoryCollection([KeyValuePair.Create("APP_API_TOKEN", (string?)expected)]);
                builder.Services.AddAuthentication().AddDapr();
                builder.Services.AddAuthorization(options => options.AddDapr());
            },
            app => app.MapGet("/", (ClaimsPrincipal user) => user.Identity!.Name).RequireAuthorization("Dapr"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        if (presented is not null)
            request.Headers.Add("dapr-api-token", presented);

        using var response = await app.Http.SendAsync(request);

        Assert.Equal(status, response.StatusCode);
    }

    [Fact]
    public async Task A_due_job_finds_its_handler_with_name_payload_and_services()
    {
        var seen = new TaskCompletionSource<(string, string, int)>();
        await using var app = await TestApp.StartAsync(
            builder => builder.Services.AddSingleton<List<int>>([1, 2]),
            app => app.MapDaprScheduledJobHandler(
                (string name, ReadOnlyMemory<byte> payload, List<int> service, CancellationToken _) =>
                {
                    seen.SetResult((name, System.Text.Encoding.UTF8.GetString(payload.Span), service.Count));
                    return Task.CompletedTask;
                },
                TimeSpan.FromSeconds(5)));

        using var response = await app.Http.PostAsJsonAsync("/job/expire-o-1", new { id = "o-1" });

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(("expire-o-1", """{"id":"o-1"}""", 2), await seen.Task);
    }

    [Fact]
    public async Task A_job_handler_that_throws_refuses_the_run()
    {
        await using var app = await TestApp.StartAsync(app =>
            app.MapDaprScheduledJobHandler((string name) => name.Length > 0 ? Task.FromException(new InvalidOperationException("no")) : Task.CompletedTask));

        using var response = await app.Http.PostAsync("/job/x", null);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
    }
}
