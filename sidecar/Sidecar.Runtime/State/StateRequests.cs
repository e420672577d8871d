using System.Globalization;
using System.Text.Json;

namespace Sidecar.Runtime.State;

/// <summary>How two writers of one key are kept apart.</summary>
internal enum Concurrency
{
    /// <summary>The last one counts; an ETag is still checked when there is one.</summary>
    LastWrite,

    /// <summary>The first one counts: without an ETag the key must not exist.</summary>
    FirstWrite,
}

/// <summary>One item to save, as either API asks for it.</summary>
internal sealed record SaveRequest(string Key, ReadOnlyMemory<byte> Value, string? ETag, Concurrency Concurrency, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>The value is JSON: over HTTP it always is, over gRPC when the item's metadata says so.</summary>
    public bool IsJson { get; init; }

    /// <summary>The value came as part of a JSON body, which daprd has decoded when it encrypts it: it then keeps Go's text of it.</summary>
    public bool WasDecoded { get; init; }

    /// <summary>Content type of the value where the item itself names one; its metadata may name it too.</summary>
    public string? ContentType { get; init; }

    /// <summary>The time to live its metadata asks for, zero for never; null when it asks for nothing.</summary>
    /// <exception cref="FormatException">It is no whole number.</exception>
    public TimeSpan? TimeToLive
    {
        get
        {
            if (!Metadata.TryGetValue("ttlInSeconds", out var text) || text.Length == 0)
                return null;
            if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds))
                throw new FormatException($"incorrect value for metadata 'ttlInSeconds': '{text}' is no whole number of seconds");
            return TimeSpan.FromSeconds(Math.Max(seconds, 0));
        }
    }
}

/// <summary>One item to delete.</summary>
internal sealed record DeleteRequest(string Key, string? ETag);

/// <summary>JSON of one state item.</summary>
internal sealed record StateItemJson(string? Key, JsonElement Value, string? ETag, Dictionary<string, string>? Metadata, StateOptionsJson? Options, string? ContentType = null)
{
    /// <summary>The item with the request's metadata added; a value that was left out is JSON null.</summary>
    /// <exception cref="FormatException">Its options are none of Dapr's.</exception>
    public SaveRequest ToSave(IReadOnlyDictionary<string, string> requestMetadata) =>
        new(Key ?? "", ValueBytes(), ETag, StateOptionsJson.Read(Options?.Concurrency, Options?.Consistency), Merge(requestMetadata)) { IsJson = true, WasDecoded = true, ContentType = ContentType };

    private byte[] ValueBytes() =>
        Value.ValueKind == JsonValueKind.Undefined ? "null"u8.ToArray() : GoJson.Of(Value);

    private IReadOnlyDictionary<string, string> Merge(IReadOnlyDictionary<string, string> requestMetadata)
    {
        if (requestMetadata.Count == 0)
            return Metadata ?? requestMetadata;
        var merged = new Dictionary<string, string>(Metadata ?? []);
        foreach (var (key, value) in requestMetadata)
            merged[key] = value;
        return merged;
    }
}

/// <summary>JSON of the options of an item.</summary>
internal sealed record StateOptionsJson(string? Concurrency, string? Consistency)
{
    /// <summary>Reads Dapr's names.</summary>
    /// <exception cref="FormatException">One of them is none of Dapr's.</exception>
    public static Concurrency Read(string? concurrency, string? consistency)
    {
        if (consistency is not (null or "" or "strong" or "eventual"))
            throw new FormatException($"unrecognized consistency model '{consistency}'");
        return concurrency switch
        {
            null or "" or "last-write" => State.Concurrency.LastWrite,
            "first-write" => State.Concurrency.FirstWrite,
            _ => throw new FormatException($"unrecognized concurrency model '{concurrency}'"),
        };
    }
}

/// <summary>JSON of a bulk read.</summary>
internal sealed record BulkGetJson(string[]? Keys, int Parallelism, Dictionary<string, string>? Metadata);

/// <summary>JSON of a transaction.</summary>
internal sealed record TransactionJson(OperationJson[]? Operations, Dictionary<string, string>? Metadata);

/// <summary>JSON of one operation of a transaction.</summary>
internal sealed record OperationJson(string? Operation, StateItemJson? Request);
