using System.Globalization;
using System.Text.Json;

namespace Sidecar.Runtime.Cel;

/// <summary>What a CEL value is.</summary>
public enum CelKind
{
    /// <summary>null.</summary>
    Null,

    /// <summary>bool.</summary>
    Bool,

    /// <summary>int: 64 bits.</summary>
    Whole,

    /// <summary>double. Numbers of JSON are doubles, as Dapr reads them.</summary>
    Number,

    /// <summary>string.</summary>
    Text,

    /// <summary>list: a <see cref="JsonElement"/> array or values made in the expression.</summary>
    List,

    /// <summary>map: a <see cref="JsonElement"/> object.</summary>
    Map,
}

/// <summary>A value of a CEL expression. Numbers compare across int and double, as in CEL.</summary>
public readonly struct CelValue : IEquatable<CelValue>
{
    private readonly double _double;
    private readonly long _integer;
    private readonly object? _reference;
    private readonly JsonElement _json;

    private CelValue(CelKind kind, long integer = 0, double number = 0, object? reference = null, JsonElement json = default)
    {
        Kind = kind;
        _integer = integer;
        _double = number;
        _reference = reference;
        _json = json;
    }

    /// <summary>What it is.</summary>
    public CelKind Kind { get; }

    /// <summary>null.</summary>
    public static CelValue Null => default;

    /// <summary>Number of elements of a list or entries of a map.</summary>
    public int Count => _reference is CelValue[] items ? items.Length : Kind == CelKind.List ? _json.GetArrayLength() : _json.GetPropertyCount();

    internal bool AsBool => _integer != 0;

    internal long AsInt => _integer;

    internal double AsDouble => Kind == CelKind.Whole ? _integer : _double;

    internal string AsText => (string)_reference!;

    internal bool IsNumber => Kind is CelKind.Whole or CelKind.Number;

    /// <summary>A bool.</summary>
    public static CelValue From(bool value) => new(CelKind.Bool, value ? 1 : 0);

    /// <summary>An int.</summary>
    public static CelValue From(long value) => new(CelKind.Whole, value);

    /// <summary>A double.</summary>
    public static CelValue From(double value) => new(CelKind.Number, number: value);

    /// <summary>A string.</summary>
    public static CelValue From(string value) => new(CelKind.Text, reference: value);

    /// <summary>A list.</summary>
    public static CelValue From(CelValue[] items) => new(CelKind.List, reference: items);

    /// <summary>A value out of JSON.</summary>
    public static CelValue From(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => From(json.GetString()!),
        JsonValueKind.Number => From(json.GetDouble()),
        JsonValueKind.True => From(true),
        JsonValueKind.False => From(false),
        JsonValueKind.Array => new CelValue(CelKind.List, json: json),
        JsonValueKind.Object => new CelValue(CelKind.Map, json: json),
        _ => Null,
    };

    /// <summary>Element of a list.</summary>
    public CelValue this[int index] => _reference is CelValue[] items ? items[index] : From(_json[index]);

    /// <summary>Entry of a map; false when there is none.</summary>
    public bool TryGetEntry(string key, out CelValue value)
    {
        if (_json.TryGetProperty(key, out var found))
        {
            value = From(found);
            return true;
        }

        value = default;
        return false;
    }

    /// <inheritdoc/>
    public bool Equals(CelValue other)
    {
        if (IsNumber && other.IsNumber)
            return Kind == CelKind.Whole && other.Kind == CelKind.Whole ? _integer == other._integer : AsDouble == other.AsDouble;
        if (Kind != other.Kind)
            return false;
        return Kind switch
        {
            CelKind.Null => true,
            CelKind.Bool => _integer == other._integer,
            CelKind.Text => AsText == other.AsText,
            CelKind.List => EqualLists(other),
            _ => JsonElement.DeepEquals(_json, other._json),
        };
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is CelValue other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => IsNumber ? AsDouble.GetHashCode() : HashCode.Combine(Kind, _integer, _reference as string);

    /// <summary>Equality of CEL.</summary>
    public static bool operator ==(CelValue left, CelValue right) => left.Equals(right);

    /// <summary>Inequality of CEL.</summary>
    public static bool operator !=(CelValue left, CelValue right) => !left.Equals(right);

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        CelKind.Null => "null",
        CelKind.Bool => AsBool ? "true" : "false",
        CelKind.Whole => _integer.ToString(CultureInfo.InvariantCulture),
        CelKind.Number => _double.ToString(CultureInfo.InvariantCulture),
        CelKind.Text => AsText,
        _ => Kind.ToString().ToLowerInvariant(),
    };

    private bool EqualLists(CelValue other)
    {
        if (Count != other.Count)
            return false;
        for (var i = 0; i < Count; i++)
        {
            if (!this[i].Equals(other[i]))
                return false;
        }

        return true;
    }
}
