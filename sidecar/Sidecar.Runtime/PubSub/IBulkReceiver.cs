namespace Sidecar.Runtime.PubSub;

/// <summary>One entry of a bulk delivery.</summary>
internal sealed record BulkItem(string EntryId, PubSubMessage Message, EventFields Fields);

/// <summary>What the app said of one entry.</summary>
internal enum BulkStatus
{
    Success,
    Retry,
    Drop,
}

/// <summary>A batch of events on its way to the app.</summary>
/// <param name="PubSubName">Component.</param>
/// <param name="Topic">Topic of the subscription.</param>
/// <param name="Path">Route of all its entries.</param>
/// <param name="IsRaw">True when the entries are bytes and not CloudEvents.</param>
/// <param name="Items">The entries, at least one.</param>
internal sealed record BulkDelivery(string PubSubName, string Topic, string Path, bool IsRaw, IReadOnlyList<BulkItem> Items)
{
    /// <summary>The status of each entry, in order: RETRY for one of which the app says nothing.</summary>
    public BulkStatus[] Statuses(IEnumerable<(string EntryId, BulkStatus Status)> answers)
    {
        var statuses = new BulkStatus[Items.Count];
        Array.Fill(statuses, BulkStatus.Retry);
        var indexes = new Dictionary<string, int>(Items.Count, StringComparer.Ordinal);
        for (var i = 0; i < Items.Count; i++)
            indexes[Items[i].EntryId] = i;
        foreach (var (entryId, status) in answers)
        {
            if (indexes.TryGetValue(entryId, out var index))
                statuses[index] = status;
        }

        return statuses;
    }
}

/// <summary>Who takes batches of events: the app, over HTTP or gRPC.</summary>
internal interface IBulkReceiver
{
    /// <summary>Hands the batch over; the answer has one status per entry, in order.</summary>
    /// <exception cref="Resiliency.OperationFailedException">All entries are to be tried again.</exception>
    /// <exception cref="HttpRequestException">The app cannot be reached.</exception>
    Task<BulkStatus[]> DeliverAsync(BulkDelivery delivery, CancellationToken cancellationToken);
}
