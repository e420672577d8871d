#nullable disable // the official type is not annotated

namespace Dapr;

/// <summary>How <c>UseCloudEvents</c> unwraps.</summary>
public class CloudEventsMiddlewareOptions
{
    /// <summary>Whether text data stays the JSON string it is in the envelope instead of becoming plain text.</summary>
    public bool SuppressJsonDecodingOfTextPayloads { get; set; }

    /// <summary>Whether the attributes of the event become request headers <c>Cloudevent.&lt;name&gt;</c>.</summary>
    public bool ForwardCloudEventPropertiesAsHeaders { get; set; }

    /// <summary>The only attributes that become headers; null for all.</summary>
    public string[] IncludedCloudEventPropertiesAsHeaders { get; set; }

    /// <summary>Attributes that do not become headers, where no inclusions are given.</summary>
    public string[] ExcludedCloudEventPropertiesFromHeaders { get; set; }
}
