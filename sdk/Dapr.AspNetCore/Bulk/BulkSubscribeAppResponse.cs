#nullable disable // the official types are not annotated

namespace Dapr.AspNetCore;

/// <summary>What became of each event of a batch.</summary>
public class BulkSubscribeAppResponse
{
    /// <summary>An answer with one status for each entry.</summary>
    public BulkSubscribeAppResponse(List<BulkSubscribeAppResponseEntry> statuses)
    {
        Statuses = statuses;
    }

    /// <summary>One status for each entry; an entry without one is delivered again.</summary>
    public List<BulkSubscribeAppResponseEntry> Statuses { get; }
}

/// <summary>What became of one event of a batch.</summary>
public class BulkSubscribeAppResponseEntry
{
    /// <summary>The status of an entry.</summary>
    public BulkSubscribeAppResponseEntry(string entryId, BulkSubscribeAppResponseStatus status)
    {
        EntryId = entryId;
        Status = status.ToString();
    }

    /// <summary>Id of the entry.</summary>
    public string EntryId { get; }

    /// <summary>The status as it stands on the wire.</summary>
    public string Status { get; }
}

/// <summary>What becomes of an event.</summary>
public enum BulkSubscribeAppResponseStatus
{
    /// <summary>It is done.</summary>
    SUCCESS,

    /// <summary>It is delivered again.</summary>
    RETRY,

    /// <summary>It is dropped, or dead-lettered where there is a dead-letter topic.</summary>
    DROP,
}
