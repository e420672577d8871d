namespace Dapr.Client;

/// <summary>One event of a bulk publish.</summary>
/// <typeparam name="TValue">Type of the event.</typeparam>
public class BulkPublishEntry<TValue>
{
    /// <summary>An event with an id that is unique within the call.</summary>
    public BulkPublishEntry(string entryId, TValue eventData, string contentType, IReadOnlyDictionary<string, string>? metadata = null)
    {
        EntryId = entryId;
        EventData = eventData;
        ContentType = contentType;
        Metadata = metadata;
    }

    /// <summary>Id of the event within the call.</summary>
    public string EntryId { get; }

    /// <summary>The event.</summary>
    public TValue EventData { get; }

    /// <summary>Media type under which it was sent.</summary>
    public string ContentType { get; }

    /// <summary>Metadata of this event.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; }
}

/// <summary>The outcome of a bulk publish.</summary>
/// <typeparam name="TValue">Type of the events.</typeparam>
public class BulkPublishResponse<TValue>
{
    /// <summary>The events that were not published; none means all were.</summary>
    public BulkPublishResponse(List<BulkPublishResponseFailedEntry<TValue>> failedEntries)
    {
        FailedEntries = failedEntries;
    }

    /// <summary>The events that were not published.</summary>
    public List<BulkPublishResponseFailedEntry<TValue>> FailedEntries { get; }
}

/// <summary>An event that was not published.</summary>
/// <typeparam name="TValue">Type of the event.</typeparam>
public class BulkPublishResponseFailedEntry<TValue>
{
    /// <summary>The event and why it was not published.</summary>
    public BulkPublishResponseFailedEntry(BulkPublishEntry<TValue> entry, string errorMessage)
    {
        Entry = entry;
        ErrorMessage = errorMessage;
    }

    /// <summary>The event.</summary>
    public BulkPublishEntry<TValue> Entry { get; }

    /// <summary>Why it was not published.</summary>
    public string ErrorMessage { get; }
}
