namespace Sidecar.Tests.PubSub;

public sealed class PubSubMetricsTests
{
    [Fact]
    public async Task Published_and_delivered_events_are_counted_by_how_they_went()
    {
        await using var place = await PubSubPlace.StartAsync("""[{"pubsubname":"pubsub","topic":"orders","route":"/orders"}]""", "pubsub.in-memory");
        place.App.Answer = got => (200, got.Body.Contains("\"bad\"", StringComparison.Ordinal) ? """{"status":"DROP"}""" : "");

        (await place.PublishAsync("orders", "\"good\"")).Dispose();
        (await place.PublishAsync("orders", "\"bad\"")).Dispose();

        await MetricsShowAsync(
            place,
            """dapr_component_pubsub_egress_count{app_id="shop",component="pubsub",topic="orders",success="true"} 2""",
            """dapr_component_pubsub_ingress_count{app_id="shop",component="pubsub",topic="orders",process_status="success",status="success"} 1""",
            """dapr_component_pubsub_ingress_count{app_id="shop",component="pubsub",topic="orders",process_status="drop",status="drop"} 1""");
    }

    private static async Task MetricsShowAsync(PubSubPlace place, params string[] lines)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        string text;
        do
        {
            text = await place.Client.GetStringAsync(new Uri($"http://127.0.0.1:{place.Sidecar.MetricsPort}/"), patience.Token);
        }
        while (!lines.All(line => text.Contains(line, StringComparison.Ordinal)) && await ticks.WaitForNextTickAsync(patience.Token));
    }
}
