using System.Net;
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
            spec: {pubsubname: pubsub, topic: changes, routes: {default: /hear}}
            """);

    public void Dispose() => _folder.Dispose();

    [UnixFact]
    public async Task What_was_committed_is_told_by_the_next_host()
    {
        await using var app = await ListeningApp.StartAsync();
        using (var killed = Run(app.Port))
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

        Assert.Empty(app.Heard);
        using var host = Run(app.Port);
        await host.ReadyAsync(_folder["ready.json"], ready => ready.HostPid == host.Id);
        await Until.TrueAsync(() => !app.Heard.IsEmpty, "the event of the killed host");

        Assert.Equal("kept", app.Data.First());
        host.Terminate();
        Assert.Equal(0, await host.ExitedAsync());
    }

    private HostProcess Run(int appPort) => new(
        _folder.Path, "run", "--app-id", "shop", "--app-port", $"{appPort}", "--resources-path", _folder["res"], "--data-dir", _folder["data"], "--ready-file", _folder["ready.json"]);
}
