using System.Text.Json;

namespace ServiceDefaults.State;

/// <summary>The documents of one unit of work as they were read, and what is to become of them.</summary>
public sealed class Changes
{
    private readonly IReadOnlyDictionary<string, StoredDocument> _read;
    private readonly Dictionary<string, byte[]> _writes = [];
    private readonly List<object> _events = [];

    internal Changes(IReadOnlyDictionary<string, StoredDocument> read, DateTimeOffset now)
    {
        _read = read;
        Now = now;
    }

    /// <summary>The time of this attempt.</summary>
    public DateTimeOffset Now { get; }

    internal IReadOnlyDictionary<string, byte[]> Writes => _writes;

    internal IReadOnlyList<object> Events => _events;

    internal bool Any => _writes.Count > 0 || _events.Count > 0;

    /// <summary>The document as it stands, this work's own changes included; null when there is none.</summary>
    public T? Get<T>(string key)
        where T : class
    {
        if (!_read.TryGetValue(key, out var document))
        {
            throw new InvalidOperationException($"'{key}' was not named in the unit of work, so it was not read");
        }

        if (_writes.TryGetValue(key, out var written))
        {
            return JsonSerializer.Deserialize<T>(written, WireJson.Options);
        }

        return document.Value is null ? null : JsonSerializer.Deserialize<T>(document.Value, WireJson.Options);
    }

    /// <summary>Saves a document that nobody read because it cannot exist yet; if it does, the work is refused.</summary>
    public void Create<T>(string key, T value)
        where T : class => _writes[key] = JsonSerializer.SerializeToUtf8Bytes(value, WireJson.Options);

    /// <summary>Saves the document, provided that nobody changed it since it was read.</summary>
    public void Put<T>(string key, T value)
        where T : class
    {
        if (!_read.ContainsKey(key))
        {
            throw new InvalidOperationException($"'{key}' was not named in the unit of work, so its version is not known");
        }

        _writes[key] = JsonSerializer.SerializeToUtf8Bytes(value, WireJson.Options);
    }

    /// <summary>Publishes a fact once this work is committed.</summary>
    public void Publish(object @event) => _events.Add(@event);

    /// <summary>Does what a rule decided for the document.</summary>
    /// <returns>The state that holds from now on.</returns>
    public T? Apply<T>(string key, Decision<T> decision)
        where T : class
    {
        foreach (var @event in decision.Events ?? [])
        {
            Publish(@event);
        }

        if (decision.State is null)
        {
            return Get<T>(key);
        }

        Put(key, decision.State);
        return decision.State;
    }

    internal string? VersionOf(string key) => _read.TryGetValue(key, out var document) ? document.ETag : null;

    internal bool SameVersions(Changes earlier) =>
        _read.All(document => earlier._read[document.Key].ETag == document.Value.ETag);
}

/// <summary>A document and its version; no value when it does not exist.</summary>
internal sealed record StoredDocument(string? Value, string? ETag);
