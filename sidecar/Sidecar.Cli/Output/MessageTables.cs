using System.Globalization;
using System.Text.Json;
using Sidecar.Cli.Messages;
using Sidecar.Cli.Running;

namespace Sidecar.Cli.Output;

/// <summary>Messages for a person at a terminal.</summary>
internal static class MessageTables
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static IEnumerable<string> Pending(PendingView view, DateTimeOffset now)
    {
        if (view.Groups.Count > 0)
        {
            string[] header = ["TOPIC", "GROUP", "PENDING", "IN FLIGHT", "OLDEST", "INSTANCES", "GIVEN UP"];
            foreach (var line in RunReport.Table([header, .. view.Groups.Select(group => new[]
            {
                group.Topic, group.Group, Text(group.Pending), Text(group.InFlight), group.Oldest is { } oldest ? Age(now - oldest) : "-", Text(group.Instances), Text(group.GivenUp),
            })]))
            {
                yield return line;
            }

            yield return $"{view.Groups.Sum(group => group.Pending)} pending in {view.Groups.Count} groups, {view.DeadLetters} dead letters{(view.DeadLetters > 0 ? " (sidecar messages dead)" : "")}";
        }
        else if (view.OtherBrokers.Count == 0)
        {
            yield return "Nobody subscribes to anything here yet.";
        }

        foreach (var other in view.OtherBrokers)
            yield return BrokerTools.For(other);
    }

    public static IEnumerable<string> Dead(IReadOnlyList<LetterView> letters, DateTimeOffset now)
    {
        if (letters.Count == 0)
            return ["No dead letters."];
        string[] header = ["ID", "FROM TOPIC", "GROUP", "EVENT TYPE", "KEY", "AGE", "WHY"];
        return RunReport.Table([header, .. letters.Select(letter => new[]
        {
            letter.Id, letter.Topic, letter.Group, letter.EventType ?? "-", letter.Key ?? "-", Age(now - letter.At),
            letter.Reason.Length > 60 ? letter.Reason[..57] + "..." : letter.Reason,
        })]);
    }

    public static IEnumerable<string> Letter(LetterDetail detail)
    {
        var letter = detail.Letter;
        yield return $"id          {letter.Id}";
        yield return $"from        topic {letter.Topic}, group {letter.Group}";
        yield return $"why         {letter.Reason}{(letter.Deliveries is { } deliveries ? $" ({deliveries} deliveries)" : "")}";
        yield return $"set aside   {letter.At.ToLocalTime():yyyy-MM-dd HH:mm:ss}";
        foreach (var (name, value) in detail.Metadata)
            yield return $"metadata    {name} = {value}";
        yield return detail.CloudEvent is { } cloudEvent ? JsonSerializer.Serialize(cloudEvent, s_indented) : detail.Raw ?? "";
    }

    private static string Age(TimeSpan age) => age switch
    {
        { TotalDays: >= 1 } => $"{(int)age.TotalDays}d",
        { TotalHours: >= 1 } => $"{(int)age.TotalHours}h",
        { TotalMinutes: >= 1 } => $"{(int)age.TotalMinutes}m",
        _ => $"{Math.Max(0, (int)age.TotalSeconds)}s",
    };

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
