using System.Text.Json;
using Simulation.Histories;

namespace Simulation.Seams;

/// <summary>
/// Watches the idempotency keys under which partners are asked: one thing that is to be done has one key, however often it is asked for. A partner knows a repeat by nothing else.
/// </summary>
internal sealed class PartnerKeys(World world, Plan plan)
{
    private readonly Dictionary<string, List<string>> _keys = [];

    /// <summary>A partner is being asked for something.</summary>
    public void Asked(Replica caller, Programs.Request request)
    {
        if (KeyOf(request.Body.Span) is not { } key)
        {
            return;
        }

        if (!_keys.TryGetValue(request.Path, out var keys))
        {
            _keys[request.Path] = keys = [];
        }

        if (keys.Contains(key))
        {
            return;
        }

        keys.Add(key);
        if (keys.Count > MostKeys(request.Path))
        {
            world.Violate("idempotency keys hold", $"{caller} asks {request.Path} under the key {key}, and did so under {keys[^2]} before");
        }
    }

    /// <summary>Money is paid back once for each return, and once for a cancellation that came too late; everything else happens once to an order.</summary>
    private int MostKeys(string path) =>
        path.EndsWith("/refund", StringComparison.Ordinal) ? plan.Orders.Where(order => path.Contains(order.Id, StringComparison.Ordinal)).Sum(order => order.Returns.Count + (order.CancelAt is null ? 0 : 1)) : 1;

    private static string? KeyOf(ReadOnlySpan<byte> body)
    {
        var json = new Utf8JsonReader(body);
        while (!body.IsEmpty && json.Read())
        {
            if (json.TokenType == JsonTokenType.PropertyName && json.ValueTextEquals("idempotencyKey"u8))
            {
                json.Read();
                return json.GetString();
            }
        }

        return null;
    }
}
