using Dapr;
using Dapr.Client;
using Simulation.Faults;

namespace Simulation.Seams;

/// <summary>One service's state store: transactions that roll back, versions, and values that lapse.</summary>
internal sealed class StateStore(Timeline timeline)
{
    private readonly Dictionary<string, Entry> _entries = [];
    private long _version;

    /// <summary>Everything that is there now.</summary>
    public IEnumerable<(string Key, string Value)> Content => _entries.Where(IsThere).Select(entry => (entry.Key, entry.Value.Value));

    /// <summary>What stands under a key, and its version; two empty texts when there is nothing.</summary>
    public (string Value, string ETag) Read(string key) => _entries.TryGetValue(key, out var entry) && IsThere(new(key, entry)) ? (entry.Value, entry.ETag) : ("", "");

    /// <summary>Saves all or nothing.</summary>
    /// <exception cref="DaprException">A version is not the current one; the message is as general as that of a real store.</exception>
    public void Write(IReadOnlyList<StateTransactionRequest> operations)
    {
        if (operations.Any(operation => !MayWrite(operation)))
        {
            throw new DaprException("State operation failed: the Dapr endpoint indicated a failure. See InnerException for details.");
        }

        foreach (var operation in operations)
        {
            Put(operation);
        }
    }

    public bool MayWrite(StateTransactionRequest operation) => Read(operation.Key).ETag is var current && (operation.ETag is { Length: > 0 } expected
        ? expected == current
        : operation.Options?.Concurrency != ConcurrencyMode.FirstWrite || current.Length == 0);

    public void Put(StateTransactionRequest operation)
    {
        DateTimeOffset? lapses = operation.Metadata?.TryGetValue("ttlInSeconds", out var seconds) is true
            ? timeline.Now.AddSeconds(int.Parse(seconds, System.Globalization.CultureInfo.InvariantCulture))
            : null;
        _entries[operation.Key] = new Entry(System.Text.Encoding.UTF8.GetString(operation.Value!), $"{++_version}", lapses);
    }

    private bool IsThere(KeyValuePair<string, Entry> entry) => entry.Value.Lapses is not { } lapses || lapses > timeline.Now;

    private sealed record Entry(string Value, string ETag, DateTimeOffset? Lapses);
}
