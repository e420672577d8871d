#nullable disable // the official types are not annotated

namespace Dapr.AspNetCore;

/// <summary>A batch of events as the sidecar delivers it.</summary>
/// <typeparam name="TValue">Type of an entry's event, usually a <see cref="BulkMessageModel{TValue}"/>.</typeparam>
public class BulkSubscribeMessage<TValue>
{
    /// <summary>An empty batch, to be filled by a deserialiser.</summary>
    public BulkSubscribeMessage()
    {
    }

    /// <summary>A batch.</summary>
    public BulkSubscribeMessage(List<BulkSubscribeMessageEntry<TValue>> entries, string topic, Dictionary<string, string> metadata)
    {
        Entries = entries;
        Topic = topic;
        Metadata = metadata;
    }

    /// <summary>The events.</summary>
    public List<BulkSubscribeMessageEntry<TValue>> Entries { get; set; }

    /// <summary>The topic.</summary>
    public string Topic { get; set; }

    /// <summary>Metadata of the batch.</summary>
    public Dictionary<string, string> Metadata { get; set; }
}

/// <summary>One event of a batch.</summary>
/// <typeparam name="TValue">Type of the event.</typeparam>
public class BulkSubscribeMessageEntry<TValue>
{
    /// <summary>An empty entry, to be filled by a deserialiser.</summary>
    public BulkSubscribeMessageEntry()
    {
    }

    /// <summary>An entry.</summary>
    public BulkSubscribeMessageEntry(string entryId, string contentType, Dictionary<string, string> metadata, TValue eventData)
    {
        EntryId = entryId;
        ContentType = contentType;
        Metadata = metadata;
        Event = eventData;
    }

    /// <summary>Id of the entry; the answer refers to it.</summary>
    public string EntryId { get; set; }

    /// <summary>Media type of the event.</summary>
    public string ContentType { get; set; }

    /// <summary>Metadata of the event.</summary>
    public Dictionary<string, string> Metadata { get; set; }

    /// <summary>The event.</summary>
    public TValue Event { get; set; }
}

/// <summary>A CloudEvent within a batch.</summary>
/// <typeparam name="TValue">Type of the data.</typeparam>
public class BulkMessageModel<TValue>
{
    /// <summary>An empty event, to be filled by a deserialiser.</summary>
    public BulkMessageModel()
    {
    }

    /// <summary>An event.</summary>
    public BulkMessageModel(string id, string source, string type, string specversion, string datacontenttype, TValue data)
    {
        Id = id;
        Source = source;
        Type = type;
        Specversion = specversion;
        Datacontenttype = datacontenttype;
        Data = data;
    }

    /// <summary>Id of the event, unique within its source.</summary>
    public string Id { get; set; }

    /// <summary>Where the event comes from.</summary>
    public string Source { get; set; }

    /// <summary>What kind of event it is.</summary>
    public string Type { get; set; }

    /// <summary>Version of the CloudEvents specification.</summary>
    public string Specversion { get; set; }

    /// <summary>Media type of the data.</summary>
    public string Datacontenttype { get; set; }

    /// <summary>The data.</summary>
    public TValue Data { get; set; }
}
