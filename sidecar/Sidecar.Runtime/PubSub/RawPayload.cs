namespace Sidecar.Runtime.PubSub;

/// <summary>The metadata key <c>rawPayload</c>, which publishers and subscribers set alike.</summary>
internal static class RawPayload
{
    /// <summary>True when it is set to one of Go's words for true.</summary>
    /// <exception cref="Errors.DaprApiException">It is neither true nor false.</exception>
    public static bool IsAsked(IReadOnlyDictionary<string, string> metadata, string pubsub)
    {
        if (metadata.Count == 0)
            return false;
        foreach (var (key, value) in metadata)
        {
            if (!key.Equals("rawPayload", StringComparison.OrdinalIgnoreCase))
                continue;
            return value switch
            {
                "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
                "" or "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
                _ => throw PubSubErrors.BadMetadata(pubsub, $"rawPayload value must be a valid boolean: actual is '{value}'", metadata),
            };
        }

        return false;
    }
}
