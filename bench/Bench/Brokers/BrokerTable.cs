using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Bench.Brokers;

/// <summary>Puts the measured table between the two marks of docs/brokers.md; the prose around it is written by people.</summary>
internal static class BrokerTable
{
    private const string Begin = "<!-- measured by ./run brokers: begin -->";
    private const string End = "<!-- measured by ./run brokers: end -->";

    public static async Task WriteAsync(string file, IReadOnlyList<BrokerFacts> facts, IReadOnlyList<string> missing)
    {
        var page = await File.ReadAllTextAsync(file);
        var (begin, end) = (page.IndexOf(Begin, StringComparison.Ordinal), page.IndexOf(End, StringComparison.Ordinal));
        if (begin < 0 || end < begin)
            throw new InvalidOperationException($"{file} has lost its marks '{Begin}' and '{End}'");
        await File.WriteAllTextAsync(file, page[..begin] + Begin + "\n" + Table(facts, missing) + page[end..]);
    }

    private static string Table(IReadOnlyList<BrokerFacts> facts, IReadOnlyList<string> missing)
    {
        var table = new StringBuilder();
        table.Append(CultureInfo.InvariantCulture, $"Measured on {DateTime.UtcNow:yyyy-MM-dd}, {Environment.ProcessorCount} cores shared by publisher, broker and subscriber, {RuntimeInformation.OSDescription.Trim()}.\n\n");
        Row(table, "", facts, fact => fact.Name);
        Row(table, "---", facts, _ => "---");
        Row(table, "server", facts, fact => fact.Server);
        Row(table, "one by one, 16 publishers", facts, fact => $"{fact.OneByOne:N0}/s");
        Row(table, "bulks of 100, 16 publishers", facts, fact => $"{fact.Bulk:N0}/s");
        Row(table, "bulks of 100, order per key checked", facts, fact => $"{fact.Ordered}");
        Row(table, "the client library alone", facts, fact => fact.BareClient is { } bare ? $"{bare:N0}/s; ours x {Math.Max(fact.Bulk, fact.OneByOne) / bare:0.00}, in order x {fact.Ordered.PerSecond / bare:0.00}" : "-");
        Row(table, "publish to handler at 500/s, p50 / p99", facts, fact => $"{fact.Latency.P50:0.0} / {fact.Latency.P99:0.0} ms");
        Row(table, "order per key, one instance", facts, fact => Order(fact.Order.One));
        Row(table, "order per key, two instances", facts, fact => Order(fact.Order.Two));
        Row(table, "subscriber crashes", facts, fact => fact.AfterCrash);
        Row(table, "poison message", facts, fact => fact.Poison);
        Row(table, "time to live kept by the", facts, fact => fact.TimeToLive);
        Row(table, "broker killed in mid-stream", facts, fact => fact.Megabytes is null ? "lives and dies with the host" : $"{fact.OverRestart.Lost} lost, {fact.OverRestart.Twice} twice of {fact.OverRestart.Of:N0}");
        Row(table, "memory of the server", facts, fact => fact.Megabytes is { } megabytes ? $"{megabytes:N0} MB" : "in the host");
        foreach (var reason in missing)
        {
            table.Append(CultureInfo.InvariantCulture, $"\nNot measured: {reason}\n");
        }

        return table.ToString();
    }

    private static string Order(Disorder disorder) => disorder.Late == 0 ? "kept" : string.Create(CultureInfo.InvariantCulture, $"{disorder.Late:N0} of {disorder.Of:N0} late");

    private static void Row(StringBuilder table, string head, IReadOnlyList<BrokerFacts> facts, Func<BrokerFacts, FormattableString> cell) =>
        Row(table, head, facts, fact => FormattableString.Invariant(cell(fact)));

    private static void Row(StringBuilder table, string head, IReadOnlyList<BrokerFacts> facts, Func<BrokerFacts, string> cell) =>
        table.Append("| ").Append(head).Append(" | ").AppendJoin(" | ", facts.Select(cell)).Append(" |\n");
}
