using System.Text.Json;
using Dapr.Client;
using ServiceDefaults;

namespace Simulation.Seams;

/// <summary>Watches the outboxes: what is committed is published, once the commit is done, in the order of the commits, and taken away only then; and no fact is stated twice.</summary>
internal sealed class Facts(World world)
{
    private readonly Dictionary<(string App, string Slot), IReadOnlyList<Record>> _outboxes = [];
    private readonly Dictionary<(string App, string Key), Stated> _stated = [];

    /// <summary>Facts that were stated.</summary>
    public int Count { get; private set; }

    /// <summary>Whether an app has anything in its outbox.</summary>
    public bool HasOutbox(string app) => _outboxes.Any(outbox => outbox.Key.App == app && outbox.Value.Count > 0);

    /// <summary>A service has saved something.</summary>
    public void Committed(Replica replica, IReadOnlyList<StateTransactionRequest> operations)
    {
        var added = new List<string>();
        foreach (var operation in operations)
        {
            if (operation.Key.StartsWith("outbox-", StringComparison.Ordinal))
            {
                Compare(replica, operation, added);
            }
        }

        world.Tell($"{replica} {(operations.Count == 1 ? "clears" : "saves")} {operations[0].Key}{(added.Count == 0 ? string.Empty : $" with {string.Join(", ", added.Select(id => id.Split(':')[1]))} in the outbox")}");
    }

    /// <summary>A service has published something.</summary>
    public void Published(string app, Message message)
    {
        var stated = _stated.GetValueOrDefault((app, message.Key));
        var place = stated?.Ids.IndexOf(message.Id) ?? -1;
        if (place < 0)
        {
            world.Violate("only what is committed is published", $"{app} publishes {message.Id}, which it never committed");
        }
        else if (place > stated!.Published)
        {
            world.Violate("events of an order are published in their order", $"{app} publishes {message.Id} before {stated.Ids[stated.Published]}");
        }
        else if (place == stated.Published)
        {
            stated.Published++;
        }
    }

    /// <summary>At the end everything is out.</summary>
    public void CheckAllPublished()
    {
        foreach (var (key, stated) in _stated)
        {
            if (stated.Published < stated.Ids.Count)
            {
                world.Violate("what is committed is published", $"{key.App} never published {stated.Ids[stated.Published]}");
            }
        }
    }

    private void Compare(Replica replica, StateTransactionRequest operation, List<string> added)
    {
        var slot = (replica.AppId, operation.Key);
        var before = _outboxes.GetValueOrDefault(slot) ?? [];
        var after = _outboxes[slot] = JsonSerializer.Deserialize<Content>(operation.Value, WireJson.Options)!.Records;
        foreach (var record in after.Where(record => !before.Contains(record)))
        {
            added.Add(record.Id);
            Count++;
            var key = (replica.AppId, record.Key);
            if (!_stated.TryGetValue(key, out var stated))
            {
                _stated[key] = stated = new Stated();
            }

            if (stated.Ids.Contains(record.Id))
            {
                world.Violate("a fact is stated once", $"{replica} states {record.Id} a second time");
            }
            else
            {
                stated.Ids.Add(record.Id);
            }
        }

        foreach (var record in before.Where(record => !after.Contains(record)))
        {
            var stated = _stated[(replica.AppId, record.Key)];
            if (stated.Ids.IndexOf(record.Id) >= stated.Published)
            {
                world.Violate("the outbox keeps an event until it is published", $"{replica} takes {record.Id} away, which nobody has published");
            }
        }

        if (after.Count > 0)
        {
            world.ExpectRelays(replica.AppId);
        }
    }

    private sealed record Content(IReadOnlyList<Record> Records);

    private sealed record Record(string Id, string Key);

    private sealed class Stated
    {
        public List<string> Ids { get; } = [];

        public int Published { get; set; }
    }
}
