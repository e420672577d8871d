using System.Text.Json;
using Ordering.Contracts;

namespace Demo.Running;

/// <summary>What a run was asked for; a resumed run is asked for the same.</summary>
/// <param name="Run">Name of the run, the front part of every idempotency key.</param>
/// <param name="Orders">Orders in all.</param>
/// <param name="Styles">Styles shown.</param>
/// <param name="Seed">Seed of the plan.</param>
/// <param name="Broker">Folder of the broker.</param>
/// <param name="Store">Folder of the store.</param>
/// <param name="Replicas">Instances of every service.</param>
public sealed record JournalHead(string Run, int Orders, IReadOnlyList<CoordinationStyle> Styles, int Seed, string Broker, string Store, int Replicas, bool StartServers = false);

/// <summary>
/// Remembers in the data folder which orders were submitted, so that a killed run can be resumed: a head line, then one line per accepted order. Losing a line is harmless, because
/// a repeated submit with the same idempotency key is the same order.
/// </summary>
public sealed class Journal : IDisposable
{
    private readonly StreamWriter _file;
    private readonly Dictionary<int, string> _orderIds;

    private Journal(JournalHead head, Dictionary<int, string> orderIds, StreamWriter file)
    {
        Head = head;
        _orderIds = orderIds;
        _file = file;
    }

    /// <summary>What the run was asked for.</summary>
    public JournalHead Head { get; }

    /// <summary>Order ids by planned number.</summary>
    public IReadOnlyDictionary<int, string> OrderIds => _orderIds;

    /// <summary>Begins a new journal.</summary>
    public static Journal Begin(string folder, JournalHead head)
    {
        Directory.CreateDirectory(folder);
        var file = new StreamWriter(PathIn(folder)) { AutoFlush = true };
        file.WriteLine(JsonSerializer.Serialize(head));
        return new Journal(head, [], file);
    }

    /// <summary>Opens the journal of a killed run; null when there is none.</summary>
    public static Journal? Reopen(string folder)
    {
        var path = PathIn(folder);
        if (!File.Exists(path))
            return null;
        var lines = File.ReadAllLines(path);
        if (lines.Length == 0 || JsonSerializer.Deserialize<JournalHead>(lines[0]) is not { } head)
            return null;
        var orderIds = new Dictionary<int, string>();
        foreach (var line in lines.Skip(1))
        {
            // A kill may have cut the last line.
            if (line.Split(' ') is [var number, { Length: > 0 } orderId, "."])
                orderIds[int.Parse(number, null)] = orderId;
        }

        var file = new StreamWriter(path, append: true) { AutoFlush = true };
        file.WriteLine();
        return new Journal(head, orderIds, file);
    }

    /// <summary>What a run was asked for that kept its journal in the folder; null when there is none.</summary>
    public static JournalHead? HeadIn(string folder) =>
        ExistsIn(folder) && File.ReadLines(PathIn(folder)).FirstOrDefault() is { } line ? JsonSerializer.Deserialize<JournalHead>(line) : null;

    /// <summary>Whether a run kept its journal in the folder.</summary>
    public static bool ExistsIn(string folder) => File.Exists(PathIn(folder));

    /// <summary>Notes that an order was accepted.</summary>
    public void Accepted(int number, string orderId)
    {
        lock (_file)
        {
            _orderIds[number] = orderId;
            _file.WriteLine($"{number} {orderId} .");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static string PathIn(string folder) => Path.Combine(folder, "demo-journal.txt");
}
