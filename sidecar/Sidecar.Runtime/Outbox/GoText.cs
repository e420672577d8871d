using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Sidecar.Runtime.Outbox;

/// <summary>
/// How daprd writes a JSON value that came over HTTP without a content type: Go's <c>%v</c>. A text stands without quotes; an object becomes <c>map[name:Ada nr:7]</c>, which nobody can
/// read back. Kept on purpose: an app that forgets <c>contentType</c> should see it here and not first on real Dapr.
/// </summary>
internal static class GoText
{
    public static string Of(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        var text = new StringBuilder();
        Append(text, document.RootElement);
        return text.ToString();
    }

    private static void Append(StringBuilder text, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                Join(text, "map[", value.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal), member =>
                {
                    text.Append(member.Name).Append(':');
                    Append(text, member.Value);
                });
                break;
            case JsonValueKind.Array:
                Join(text, "[", value.EnumerateArray(), item => Append(text, item));
                break;
            case JsonValueKind.Number:
                text.Append(Number(value.GetDouble()));
                break;
            case JsonValueKind.String:
                text.Append(value.GetString());
                break;
            case JsonValueKind.True or JsonValueKind.False:
                text.Append(value.GetBoolean() ? "true" : "false");
                break;
            default:
                text.Append("<nil>");
                break;
        }
    }

    private static void Join<T>(StringBuilder text, string open, IEnumerable<T> items, Action<T> append)
    {
        text.Append(open);
        var start = text.Length;
        foreach (var item in items)
        {
            if (text.Length > start)
                text.Append(' ');
            append(item);
        }

        text.Append(']');
    }

    /// <summary>Shortest digits that say the number; an exponent of two digits at least from 1e6 up and below 1e-4.</summary>
    private static string Number(double number)
    {
        var shortest = number.ToString("E16", CultureInfo.InvariantCulture);
        for (var places = 0; places < 16; places++)
        {
            var candidate = number.ToString($"E{places}", CultureInfo.InvariantCulture);
            if (double.Parse(candidate, CultureInfo.InvariantCulture) == number)
            {
                shortest = candidate;
                break;
            }
        }

        var at = shortest.IndexOf('E', StringComparison.Ordinal);
        var exponent = int.Parse(shortest[(at + 1)..], CultureInfo.InvariantCulture);
        return number == 0 || exponent is >= -4 and < 6
            ? ((decimal)number).ToString("0.####################", CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{shortest[..at]}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
    }
}
