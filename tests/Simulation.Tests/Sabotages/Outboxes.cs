using System.Text.Json.Nodes;
using Simulation.Seams;

namespace Simulation.Tests.Sabotages;

/// <summary>A relay that takes an event for published before the broker has it.</summary>
internal sealed class PublishesWithoutWaiting : Sabotage
{
    public override bool ForgetsToWaitForTheBroker => true;
}

/// <summary>A replica that does not see the oldest of several events in the outbox, and writes over it.</summary>
internal sealed class OverlooksOthersEvents : Sabotage
{
    public override (string Value, string ETag) Read(string app, string key, (string Value, string ETag) stored) =>
        key.StartsWith("outbox-", StringComparison.Ordinal) && stored.Value.Length > 0 ? (WithoutOldest(stored.Value), stored.ETag) : stored;

    private static string WithoutOldest(string outbox)
    {
        var content = JsonNode.Parse(outbox)!;
        if (content["records"] is JsonArray { Count: > 1 } records)
        {
            records.RemoveAt(0);
        }

        return content.ToJsonString();
    }
}
