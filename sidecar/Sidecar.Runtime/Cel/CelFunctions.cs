using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Sidecar.Runtime.Cel;

/// <summary>The functions an expression may call.</summary>
internal static class CelFunctions
{
    /// <summary><c>name(arguments)</c>; null when there is no such function.</summary>
    public static CelNode? Function(string name, CelNode[] arguments) => (name, arguments) switch
    {
        ("size", [var value]) => new CelUnaryFunction(value, Size),
        ("int", [var value]) => new CelUnaryFunction(value, Int),
        ("uint", [var value]) => new CelUnaryFunction(value, Int),
        ("double", [var value]) => new CelUnaryFunction(value, Double),
        ("string", [var value]) => new CelUnaryFunction(value, Text),
        ("bool", [var value]) => new CelUnaryFunction(value, Bool),
        ("dyn", [var value]) => value,
        ("matches", [var value, var pattern]) => Matches(value, pattern),
        _ => null,
    };

    /// <summary><c>target.name(arguments)</c>; null when there is no such function.</summary>
    public static CelNode? Method(CelNode target, string name, CelNode[] arguments) => (name, arguments) switch
    {
        ("startsWith", [var value]) => new CelTextFunction(name, target, value, static (text, part) => text.StartsWith(part, StringComparison.Ordinal)),
        ("endsWith", [var value]) => new CelTextFunction(name, target, value, static (text, part) => text.EndsWith(part, StringComparison.Ordinal)),
        ("contains", [var value]) => new CelTextFunction(name, target, value, static (text, part) => text.Contains(part, StringComparison.Ordinal)),
        ("matches", [var pattern]) => Matches(target, pattern),
        ("size", []) => new CelUnaryFunction(target, Size),
        _ => null,
    };

    private static CelTextFunction Matches(CelNode target, CelNode pattern)
    {
        if (pattern is not CelLiteral literal || literal.Evaluate(NoVariables.Instance) is not { Kind: CelKind.Text } text)
            return new CelTextFunction("matches", target, pattern, static (value, expression) => Compile(expression).IsMatch(value));
        var regex = Compile(text.AsText);
        return new CelTextFunction("matches", target, pattern, (value, _) => regex.IsMatch(value));
    }

    /// <summary>CEL's patterns are RE2: matched in linear time, so without backtracking.</summary>
    private static Regex Compile(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            throw new FormatException($"'{pattern}' is no regular expression that can be matched without backtracking: {exception.Message}", exception);
        }
    }

    private static CelValue Size(CelValue value) => value.Kind switch
    {
        CelKind.Text => CelValue.From((long)value.AsText.EnumerateRunes().Count()),
        CelKind.List or CelKind.Map => CelValue.From((long)value.Count),
        _ => throw NoOverload("size", value),
    };

    private static CelValue Int(CelValue value) => value.Kind switch
    {
        CelKind.Whole => value,
        CelKind.Number when value.AsDouble is > -9.2233720368547758e18 and < 9.2233720368547758e18 => CelValue.From((long)value.AsDouble),
        CelKind.Text when long.TryParse(value.AsText, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => CelValue.From(number),
        _ => throw NoOverload("int", value),
    };

    private static CelValue Double(CelValue value) => value.Kind switch
    {
        CelKind.Whole or CelKind.Number => CelValue.From(value.AsDouble),
        CelKind.Text when double.TryParse(value.AsText, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => CelValue.From(number),
        _ => throw NoOverload("double", value),
    };

    private static CelValue Text(CelValue value) =>
        value.Kind is CelKind.List or CelKind.Map or CelKind.Null ? throw NoOverload("string", value) : CelValue.From(value.ToString());

    private static CelValue Bool(CelValue value) => value switch
    {
        { Kind: CelKind.Bool } => value,
        { Kind: CelKind.Text, AsText: "true" or "True" or "TRUE" or "t" or "1" } => CelValue.From(true),
        { Kind: CelKind.Text, AsText: "false" or "False" or "FALSE" or "f" or "0" } => CelValue.From(false),
        _ => throw NoOverload("bool", value),
    };

    private static CelException NoOverload(string function, CelValue value) => new($"no such overload: {function}({value.Kind}) of {value}");

    private sealed class NoVariables : ICelVariables
    {
        public static readonly NoVariables Instance = new();

        public bool TryGet(string name, out CelValue value)
        {
            value = default;
            return false;
        }
    }
}

internal sealed class CelUnaryFunction(CelNode argument, Func<CelValue, CelValue> function) : CelNode
{
    public override CelValue Evaluate(ICelVariables variables) => function(argument.Evaluate(variables));
}

internal sealed class CelTextFunction(string name, CelNode target, CelNode argument, Func<string, string, bool> function) : CelNode
{
    public override CelValue Evaluate(ICelVariables variables)
    {
        var (text, part) = (target.Evaluate(variables), argument.Evaluate(variables));
        if (text.Kind != CelKind.Text || part.Kind != CelKind.Text)
            throw NoOverload(name, text, part);
        try
        {
            return CelValue.From(function(text.AsText, part.AsText));
        }
        catch (FormatException exception)
        {
            throw new CelException(exception.Message);
        }
    }
}
