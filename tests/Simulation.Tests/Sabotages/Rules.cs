using System.Text.Json.Nodes;
using Simulation.Programs;
using Simulation.Seams;

namespace Simulation.Tests.Sabotages;

/// <summary>A capture that does not look whether a cancellation came first.</summary>
internal sealed class CapturesWithoutGuard : Sabotage
{
    public override (string Value, string ETag) Read(string app, string key, (string Value, string ETag) stored)
    {
        if (!key.StartsWith("payment-", StringComparison.Ordinal) || stored.Value.Length == 0)
        {
            return stored;
        }

        var payment = JsonNode.Parse(stored.Value)!;
        payment["stopped"] = null;
        return (payment.ToJsonString(), stored.ETag);
    }
}

/// <summary>A compensation that is said to be done and is not.</summary>
internal sealed class OnlySaysItVoided : Sabotage
{
    public override string? AnswerFor(string app, string path) =>
        app == Platform.PaymentProvider && path.EndsWith("/void", StringComparison.Ordinal) ? "{\"accepted\":true}" : null;
}
