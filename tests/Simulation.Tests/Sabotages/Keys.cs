using System.Text.Json.Nodes;
using Simulation.Programs;
using Simulation.Seams;

namespace Simulation.Tests.Sabotages;

/// <summary>Every request to the payment provider has a new idempotency key, a repeat too: the provider cannot know it for one.</summary>
internal sealed class NewKeyForEveryRequest : Sabotage
{
    private int _requests;

    public override byte[] Sends(string app, string path, byte[] body)
    {
        if (app != Platform.PaymentProvider || body.Length == 0 || JsonNode.Parse(body) is not JsonObject { } request || request["idempotencyKey"] is null)
        {
            return body;
        }

        request["idempotencyKey"] = $"{path}:{Interlocked.Increment(ref _requests)}";
        return System.Text.Encoding.UTF8.GetBytes(request.ToJsonString());
    }
}
