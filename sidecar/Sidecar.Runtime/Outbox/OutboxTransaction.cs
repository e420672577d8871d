using Microsoft.Extensions.Logging;
using Sidecar.Runtime.Errors;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.PubSub;
using Sidecar.Runtime.State;

namespace Sidecar.Runtime.Outbox;

/// <summary>
/// The half of the outbox that runs inside the caller's transaction: each upsert is announced on the internal topic first, and the transaction then saves a marker for it. An announcement
/// without a marker means that the transaction did not commit.
/// </summary>
internal sealed class OutboxTransaction(OutboxSettings settings, Publisher publisher, SidecarContext context, ILogger logger)
{
    private const string ProjectionKey = "outbox.projection";

    /// <summary>Announces what is about to be saved; the answer is what to save: everything but projections, and the markers.</summary>
    /// <exception cref="DaprApiException">Not announced: nothing may be saved.</exception>
    public async Task<(IReadOnlyList<object> Kept, IReadOnlyList<StateOperation> Markers)> AnnounceAsync(
        IReadOnlyList<object> requests, EventTrace trace, CancellationToken cancellationToken)
    {
        var projections = requests.OfType<SaveRequest>().Where(IsProjection).ToList();
        if (projections.Count > 1)
        {
            // daprd loses count of its list here: it fails, or saves a projection as state, by the order of the operations.
            throw OutboxErrors.NotAnnounced(
                context.Options.AppId, $"a transaction can hold one operation with {ProjectionKey}, but this one holds {projections.Count}; make one transaction for each");
        }

        List<object> kept = [.. requests.Where(request => request is not SaveRequest save || !IsProjection(save))];
        if (projections is [var lone] && !kept.OfType<SaveRequest>().Any(upsert => upsert.Key == lone.Key))
            OutboxLog.LoneProjection(logger, lone.Key);

        var markers = new List<StateOperation>();
        foreach (var upsert in kept.OfType<SaveRequest>())
        {
            var id = $"outbox-{Guid.NewGuid()}";
            var payload = projections.Find(projection => projection.Key == upsert.Key) ?? upsert;
            await PublishAsync(OutboxEvent.Announce(id, upsert, payload, settings, context.Options.AppId, trace, context.Time.GetUtcNow()), cancellationToken);
            markers.Add(new SetState(id, "\"0\""u8.ToArray()) { IsJson = true });
        }

        return (kept, markers);
    }

    private static bool IsProjection(SaveRequest request) => OutboxSettings.IsTruthy(request.Metadata.GetValueOrDefault(ProjectionKey));

    private async Task PublishAsync(byte[] announcement, CancellationToken cancellationToken)
    {
        try
        {
            await publisher.PublishEventAsync(settings.InternalPubSub, settings.InternalTopic, announcement, cancellationToken);
        }
        catch (DaprApiException exception)
        {
            throw OutboxErrors.NotAnnounced(context.Options.AppId, exception.Message, exception);
        }
    }
}
