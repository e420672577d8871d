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

/// <summary>A request to the provider that carries another idempotency key when it is repeated.</summary>
internal sealed class AsksTheProviderAnew : Sabotage
{
    private int _requests;

    public override byte[] Sent(string app, string path, byte[] body)
    {
        if (app != Platform.PaymentProvider || !path.StartsWith("/payments/", StringComparison.Ordinal))
        {
            return body;
        }

        var request = JsonNode.Parse(body)!;
        request["idempotencyKey"] = $"request-{_requests++}";
        return System.Text.Encoding.UTF8.GetBytes(request.ToJsonString());
    }
}

/// <summary>A compensation that leaves no mark when it comes before its step.</summary>
internal sealed class ForgetsTombstones : Sabotage
{
    public override (string Value, string ETag) Read(string app, string key, (string Value, string ETag) stored) =>
        IsTombstone(key, stored.Value) ? ("", stored.ETag) : stored;

    private static bool IsTombstone(string key, string value) =>
        (key.StartsWith("reservation-", StringComparison.Ordinal) && value.Contains("\"Released\"", StringComparison.Ordinal) && value.Contains("\"lines\":[]", StringComparison.Ordinal))
        || (key.StartsWith("shipment-", StringComparison.Ordinal) && value.Contains("\"Cancelled\"", StringComparison.Ordinal) && value.Contains("\"trackingNumber\":null", StringComparison.Ordinal));
}
