using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Sidecar.Cli.Tests.Processes;

namespace Sidecar.Cli.Tests.Running;

/// <summary>Dapr's outbox on SQLite and the embedded broker, and a host that is killed between the commit and the publish.</summary>
public sealed class OutboxAfterAKillTests : IDisposable
{
    private readonly TemporaryFolder _folder = new TemporaryFolder()
        .WithFile("res/store.yaml", """
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata: {name: store}
            spec:
              type: state.sqlite
              version: v1
              metadata:
              - {name: connectionString, value: state.db}
              - {name: outboxPublishPubsub, value: pubsub}
              - {name: outboxPublishTopic, value: changes}
            """)
        .WithFile("res/pubsub.yaml", """
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata: {name: pubsub}
            spec: {type: pubsub.embedded, version: v1}
            """)
        .WithFile("res/subscription.yaml", """
            apiVersion: dapr.io/v2alpha1
            kind: Subscription
            metadata: {name: changes}
            spec: {pubsubname: pubsub, topic: changes, routes: {default: /changes}}
            """);

    public void Dispose() => _folder.Dispose();

    [UnixFact]
    public async Task What_was_committed_is_told_by_the_next_host()
    {
        var told = new ConcurrentQueue<string>();
        await using var app = await StartAppAsync(told);
        using (var killed = Run(new Uri(app.Urls.First()).Port))
        {
            var ready = await killed.ReadyAsync(_folder["ready.json"]);
            using var client = new HttpClient();
            using var content = new StringContent("""{"operations":[{"operation":"upsert","request":{"key":"1","value":"kept"}}]}""");
            using var answer = await client.PostAsync(new Uri($"http://127.0.0.1:{ready.Apps[0].HttpPort}/v1.0/state/store/transaction"), content);
            // The event leaves a second after the commit at the earliest: this is between the two.
            killed.Kill();
            Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
            await killed.ExitedAsync();
        }

        Assert.Empty(told);
        using var host = Run(new Uri(app.Urls.First()).Port);
        await host.ReadyAsync(_folder["ready.json"], ready => ready.HostPid == host.Id);
        await Until.TrueAsync(() => !told.IsEmpty, "the event of the killed host");

        Assert.Equal("kept", JsonDocument.Parse(told.First()).RootElement.GetProperty("data").GetString());
        host.Terminate();
        Assert.Equal(0, await host.ExitedAsync());
    }

    private HostProcess Run(int appPort) => new(
        _folder.Path, "run", "--app-id", "shop", "--app-port", $"{appPort}", "--resources-path", _folder["res"], "--data-dir", _folder["data"], "--ready-file", _folder["ready.json"]);

    private static async Task<WebApplication> StartAppAsync(ConcurrentQueue<string> told)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapPost("/changes", async (HttpRequest request) => told.Enqueue(await new StreamReader(request.Body).ReadToEndAsync()));
        await app.StartAsync();
        return app;
    }
}
