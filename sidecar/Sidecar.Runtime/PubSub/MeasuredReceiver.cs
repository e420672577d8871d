using Sidecar.Runtime.Telemetry;

namespace Sidecar.Runtime.PubSub;

/// <summary>Counts deliveries by how the app took them.</summary>
internal sealed class MeasuredReceiver(IEventReceiver receiver, SidecarMetrics metrics, TimeProvider time) : IEventReceiver
{
    /// <inheritdoc/>
    public async Task<Verdict> DeliverAsync(EventDelivery delivery, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var status = "retry";
        try
        {
            var verdict = await receiver.DeliverAsync(delivery, cancellationToken);
            status = verdict == Verdict.Success ? "success" : "drop";
            return verdict;
        }
        finally
        {
            metrics.PubSubIngress.Increment(delivery.PubSubName, delivery.Message.Topic, status, status);
            metrics.PubSubIngressLatency.Observe(time.GetElapsedTime(start), delivery.PubSubName, delivery.Message.Topic, status);
        }
    }
}
