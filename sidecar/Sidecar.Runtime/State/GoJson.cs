using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Sidecar.Runtime.State;

/// <summary>
/// A JSON value as daprd keeps it: it decodes the value of a body and writes it anew with Go's encoding/json. So there is no white space, the keys of an object are sorted, a
/// number is a double and <c>&lt;</c>, <c>&gt;</c> and <c>&amp;</c> are escaped. Source: pkg/api/http/http.go (a value is <c>any</c>), components-contrib state/utils.
/// </summary>
internal static class GoJson
{
    /// <summary>Integers up to this many digits come out of a double as they went in.</summary>
    private const int ExactDigits = 15;

    private static readonly SearchValues<byte> s_escaped = SearchValues.Create([.. "\\<>&"u8, 0xE2]);

    private static readonly SearchValues<byte> s_rewritten = SearchValues.Create([.. " \t\r\n<>&"u8, 0xE2]);

    public static byte[] Of(JsonElement value)
    {
        var raw = JsonMarshal.GetRawUtf8Value(value);
        if (IsPlain(value.ValueKind, raw))
            return raw.ToArray();
        var target = new ArrayBufferWriter<byte>(raw.Length);
        try
        {
            Write(target, value);
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair is no text in .NET, 1e400 no double: such a value stays as it was written.
            return JsonMarshal.GetRawUtf8Value(value).ToArray();
        }

        return target.WrittenSpan.ToArray();
    }

    /// <summary>
    /// A value that daprd keeps as text (json.RawMessage), as it writes it: without white space and with the same escapes, names and numbers as they are.
    /// Source: tests/integration/suite/actors/reminders/scheduler/hdata.go.
    /// </summary>
    public static byte[] Compact(ReadOnlySpan<byte> json)
    {
        if (!json.ContainsAny(s_rewritten))
            return json.ToArray();
        var target = new ArrayBufferWriter<byte>(json.Length);
        var inString = false;
        for (var i = 0; i < json.Length; i++)
        {
            var c = json[i];
            if (c == '\\')
            {
                target.Write(json.Slice(i++, 2));
                continue;
            }

            inString ^= c == '"';
            if (inString && c is (byte)'<' or (byte)'>' or (byte)'&')
                target.Write(Encoding.UTF8.GetBytes($"\\u{(int)c:x4}"));
            else if (json[i..].StartsWith("\u2028"u8) || json[i..].StartsWith("\u2029"u8))
                target.Write(json[(i += 2)] == 0xA8 ? "\\u2028"u8 : "\\u2029"u8);
            else if (inString || c is not ((byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r'))
                target.Write([c]);
        }

        return target.WrittenSpan.ToArray();
    }

    private static void Write(ArrayBufferWriter<byte> target, JsonElement value)
    {
        var raw = JsonMarshal.GetRawUtf8Value(value);
        if (IsPlain(value.ValueKind, raw))
            target.Write(raw);
        else if (value.ValueKind == JsonValueKind.Object)
            WriteObject(target, value);
        else if (value.ValueKind == JsonValueKind.Array)
            WriteArray(target, value);
        else
            target.Write(Encoding.UTF8.GetBytes(value.ValueKind == JsonValueKind.Number ? Number(value.GetDouble()) : Text(value.GetString()!)));
    }

    private static void WriteObject(ArrayBufferWriter<byte> target, JsonElement value)
    {
        // Of two members with one name the last counts.
        var members = new SortedDictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject())
            members[member.Name] = member.Value;
        var separator = (byte)'{';
        foreach (var (name, member) in members)
        {
            target.Write([separator]);
            target.Write(Encoding.UTF8.GetBytes(Text(name)));
            target.Write(":"u8);
            Write(target, member);
            separator = (byte)',';
        }

        target.Write(members.Count == 0 ? "{}"u8 : "}"u8);
    }

    private static void WriteArray(ArrayBufferWriter<byte> target, JsonElement value)
    {
        var separator = (byte)'[';
        foreach (var item in value.EnumerateArray())
        {
            target.Write([separator]);
            Write(target, item);
            separator = (byte)',';
        }

        target.Write(separator == '[' ? "[]"u8 : "]"u8);
    }

    private static bool IsPlain(JsonValueKind kind, ReadOnlySpan<byte> raw) => kind switch
    {
        JsonValueKind.String => !raw.ContainsAny(s_escaped),
        JsonValueKind.Number => raw.Length <= ExactDigits && !raw.ContainsAny(".eE"u8),
        JsonValueKind.Object or JsonValueKind.Array => false,
        _ => true,
    };

    private static string Text(string text)
    {
        var json = new StringBuilder(text.Length + 2).Append('"');
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' or '\\' => json.Append('\\').Append(c),
                '\b' => json.Append("\\b"),
                '\f' => json.Append("\\f"),
                '\n' => json.Append("\\n"),
                '\r' => json.Append("\\r"),
                '\t' => json.Append("\\t"),
                < ' ' or '<' or '>' or '&' or '\u2028' or '\u2029' => json.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => json.Append(c),
            };
        }

        return json.Append('"').ToString();
    }

    /// <summary>The shortest digits that say the number; with an exponent below 1e-6 and from 1e21 up.</summary>
    private static string Number(double number)
    {
        if (!double.IsFinite(number))
            throw new InvalidOperationException("a number too large for a double");
        var shortest = number.ToString("R", CultureInfo.InvariantCulture);
        var at = shortest.IndexOf('E', StringComparison.Ordinal);
        if (at < 0)
            return shortest;

        var sign = shortest[0] == '-' ? "-" : "";
        var exponent = int.Parse(shortest[(at + 1)..], CultureInfo.InvariantCulture);
        if (Math.Abs(number) is < 1e-6 or >= 1e21)
            return $"{shortest[..at]}e{(exponent < 0 ? "-" : "+")}{Math.Abs(exponent).ToString(CultureInfo.InvariantCulture)}";
        var digits = shortest[sign.Length..at].Replace(".", "", StringComparison.Ordinal);
        if (exponent < 0)
            return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        return digits.Length <= exponent + 1 ? sign + digits.PadRight(exponent + 1, '0') : $"{sign}{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
    }
}
