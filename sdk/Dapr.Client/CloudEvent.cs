using System.Net.Mime;
using System.Text.Json.Serialization;

namespace Dapr;

/// <summary>
/// Attributes of a CloudEvent given by the publisher. Published as it is (<c>application/cloudevents+json</c>); the sidecar fills in the rest.
/// </summary>
public class CloudEvent
{
    /// <summary>Where the event comes from.</summary>
    [JsonPropertyName("source")]
    public Uri Source { get; init; } = null!;

    /// <summary>What kind of event it is.</summary>
    [JsonPropertyName("type")]
    public string Type { get; init; } = null!;

    /// <summary>What the event is about, within its source.</summary>
    [JsonPropertyName("subject")]
    public string Subject { get; init; } = null!;
}

/// <summary>A CloudEvent with data.</summary>
/// <typeparam name="TData">Type of the data; written as JSON.</typeparam>
public class CloudEvent<TData> : CloudEvent
{
    /// <summary>Wraps <paramref name="data"/>.</summary>
    public CloudEvent(TData data)
    {
        Data = data;
    }

    /// <summary>The data of the event.</summary>
    public TData Data { get; }

    /// <summary>Media type of the data.</summary>
    [JsonPropertyName("datacontenttype")]
    public string DataContentType { get; } = MediaTypeNames.Application.Json;
}
