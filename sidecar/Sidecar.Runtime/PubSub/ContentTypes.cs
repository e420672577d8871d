namespace Sidecar.Runtime.PubSub;

/// <summary>How Dapr sorts content types.</summary>
internal static class ContentTypes
{
    public const string CloudEvent = "application/cloudevents+json";
    public const string Json = "application/json";
    public const string PlainText = "text/plain";
    public const string Binary = "application/octet-stream";

    public static bool IsCloudEvent(string contentType) => Is(contentType, CloudEvent);

    public static bool IsJson(string contentType) => Is(contentType, Json) || MediaType(contentType).EndsWith("+json", StringComparison.OrdinalIgnoreCase);

    public static bool IsText(string contentType) => contentType.StartsWith("text/", StringComparison.OrdinalIgnoreCase) || Is(contentType, "application/xml");

    public static bool IsBinary(string contentType)
    {
        var type = MediaType(contentType);
        return type.Equals(Binary, StringComparison.OrdinalIgnoreCase)
            || type.EndsWith("protobuf", StringComparison.OrdinalIgnoreCase)
            || type.StartsWith("image/", StringComparison.OrdinalIgnoreCase)
            || type.StartsWith("audio/", StringComparison.OrdinalIgnoreCase)
            || type.StartsWith("video/", StringComparison.OrdinalIgnoreCase);
    }

    private static bool Is(string contentType, string expected) => MediaType(contentType).Equals(expected, StringComparison.OrdinalIgnoreCase);

    private static ReadOnlySpan<char> MediaType(string contentType)
    {
        var end = contentType.IndexOf(';', StringComparison.Ordinal);
        return (end < 0 ? contentType.AsSpan() : contentType.AsSpan(0, end)).Trim();
    }
}
