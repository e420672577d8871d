using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Sidecar.Tests.Hosting;

namespace Sidecar.Tests.HotReload;

/// <summary>Component and Subscription files that come, change and go under a running sidecar.</summary>
public sealed class HotReloadTests
{
    private static string Component(string name, string type, params (string Key, string Value)[] metadata) =>
        $"apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {{name: {name}}}\nspec:\n  type: {type}\n  version: v1\n  metadata:\n"
        + (metadata.Length == 0 ? "  - {name: note, value: none}\n" : string.Concat(metadata.Select(entry => $"  - {{name: {entry.Key}, value: \"{entry.Value}\"}}\n")));

    private static string Subscription(string route) =>
        $"apiVersion: dapr.io/v2alpha1\nkind: Subscription\nmetadata: {{name: hearing}}\nspec: {{pubsubname: bus, topic: news, routes: {{default: {route}}}}}\n";

    [Fact]
    public async Task A_component_whose_file_joins_is_served_and_one_whose_file_goes_is_not()
    {
        await using var sidecar = await ReloadingSidecar.StartAsync(0);
        Assert.Equal(500, await sidecar.SaveAsync("store", "a", 1));

        sidecar.Write("store.yaml", Component("store", "state.in-memory"));

        await sidecar.UntilAsync(async () => await sidecar.SaveAsync("store", "a", 1) == 204, "the store that joined");
        Assert.Contains("\"name\":\"store\"", await sidecar.Client.GetStringAsync("/v1.0/metadata"), StringComparison.Ordinal);
        sidecar.Delete("store.yaml");
        await sidecar.UntilAsync(async () => await sidecar.SaveAsync("store", "a", 1) == 500, "the store that went");
        await sidecar.LogsAsync("Component deleted: store (state.in-memory/v1)");
    }

    [Fact]
    public async Task A_changed_component_takes_the_place_of_the_old_one_and_one_that_cannot_be_made_does_not()
    {
        await using var sidecar = await ReloadingSidecar.StartAsync(0, files: ("store.yaml", Component("store", "state.sqlite", ("connectionString", "one.db"))));
        Assert.Equal(204, await sidecar.SaveAsync("store", "a", 1));

        sidecar.Write("store.yaml", Component("store", "state.sqlite", ("connectionString", "two.db")));
        await sidecar.UntilAsync(async () => await sidecar.ReadAsync("store", "a") == 204, "the other database, without the key");

        sidecar.Write("store.yaml", Component("store", "state.sqlite", ("connectionString", "/dev/null/three.db")));
        await sidecar.LogsAsync("Error processing component, what was loaded stays: component 'store'");
        Assert.Equal(204, await sidecar.SaveAsync("store", "b", 2));

        sidecar.Write("store.yaml", Component("store", "state.sqlite", ("connectionString", "one.db")));
        await sidecar.UntilAsync(async () => await sidecar.ReadAsync("store", "a") == 200, "the first database, with its key");
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_is_named_and_what_was_loaded_stays_until_it_is_mended()
    {
        await using var sidecar = await ReloadingSidecar.StartAsync(0, files: ("store.yaml", Component("store", "state.in-memory")));

        sidecar.Write("more.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: more}\nspec: {type: state.nosuch}\n");

        await sidecar.LogsAsync("The resources cannot be reloaded, what was loaded stays: ");
        Assert.Contains("more.yaml:4: spec.type: component type 'state.nosuch' is not known here", sidecar.Log, StringComparison.Ordinal);
        Assert.Equal(204, await sidecar.SaveAsync("store", "a", 1));
        sidecar.Write("more.yaml", Component("more", "state.in-memory"));
        await sidecar.UntilAsync(async () => await sidecar.SaveAsync("more", "a", 1) == 204, "the mended component");
    }

    [Fact]
    public async Task Deliveries_begin_and_end_with_the_file_of_a_subscription_and_nothing_is_lost_in_between()
    {
        var heard = new ConcurrentQueue<string>();
        await using var app = await TestApp.StartAsync(http => HearAsync(http, heard));
        await using var sidecar = await ReloadingSidecar.StartAsync(app.Port, files: ("bus.yaml", Component("bus", "pubsub.embedded", ("redeliverInterval", "50ms"))));

        sidecar.Write("hearing.yaml", Subscription("/first"));
        await sidecar.UntilAsync(async () => (await sidecar.Client.GetStringAsync("/v1.0/metadata")).Contains("/first", StringComparison.Ordinal), "the subscription");
        await sidecar.PublishAsync("one");
        await sidecar.UntilAsync(() => Task.FromResult(heard.Contains("/first one")), "the first event");

        sidecar.Delete("hearing.yaml");
        await sidecar.UntilAsync(async () => !(await sidecar.Client.GetStringAsync("/v1.0/metadata")).Contains("/first", StringComparison.Ordinal), "the end of the subscription");
        await sidecar.PublishAsync("two");
        sidecar.Write("hearing.yaml", Subscription("/second"));

        await sidecar.UntilAsync(() => Task.FromResult(heard.Contains("/second two")), "the event of the time between");
        Assert.DoesNotContain("/first two", heard);
    }

    [Fact]
    public async Task A_delivery_that_is_under_way_when_its_component_changes_is_finished()
    {
        var heard = new ConcurrentQueue<string>();
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await TestApp.StartAsync(async http =>
        {
            if (http.Request.Path == "/first")
            {
                arrived.TrySetResult();
                await goOn.Task;
            }

            await HearAsync(http, heard);
        });
        await using var sidecar = await ReloadingSidecar.StartAsync(app.Port, files: [("bus.yaml", Component("bus", "pubsub.embedded")), ("hearing.yaml", Subscription("/first"))]);
        await sidecar.PublishAsync("slow");
        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(60));

        sidecar.Write("bus.yaml", Component("bus", "pubsub.embedded", ("note", "changed")));
        await sidecar.LogsAsync("Component updated: bus (pubsub.embedded/v1)");
        goOn.SetResult();
        await sidecar.PublishAsync("quick");

        await sidecar.UntilAsync(() => Task.FromResult(heard.Contains("/first slow") && heard.Contains("/first quick")), "both events");
    }

    [Fact]
    public async Task The_store_of_actors_and_workflows_stays_until_a_restart()
    {
        await using var sidecar = await ReloadingSidecar.StartAsync(0, files: ("store.yaml", Component("store", "state.in-memory", ("actorStateStore", "true"))));

        sidecar.Delete("store.yaml");

        await sidecar.LogsAsync("Aborting to hot-reload a component that is used as an actor state store, a restart takes it up: store (state.in-memory/v1)");
        Assert.Equal(204, await sidecar.SaveAsync("store", "a", 1));
    }

    [Fact]
    public async Task What_takes_effect_at_a_start_only_is_told_of()
    {
        await using var sidecar = await ReloadingSidecar.StartAsync(0);

        sidecar.Write("policies.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata: {name: policies}\nspec: {policies: {timeouts: {short: 1s}}}\n");

        await sidecar.LogsAsync("HTTPEndpoint, Resiliency and Configuration resources have changed; a restart takes them up");
    }

    [Fact]
    public async Task The_feature_can_be_switched_off()
    {
        await using var sidecar = await ReloadingSidecar.StartAsync(
            0, "apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata: {name: config}\nspec:\n  features:\n  - {name: HotReload, enabled: false}\n");

        Assert.Contains("dapr initialized. Status: Running.", sidecar.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("Hot reloading enabled", sidecar.Log, StringComparison.Ordinal);
    }

    private static async Task HearAsync(HttpContext http, ConcurrentQueue<string> heard)
    {
        if (http.Request.Path == "/dapr/subscribe")
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        using var cloudEvent = await JsonDocument.ParseAsync(http.Request.Body);
        heard.Enqueue($"{http.Request.Path} {cloudEvent.RootElement.GetProperty("data").GetString()}");
    }
}
