namespace Sidecar.Runtime.Cel;

/// <summary>Gives an expression the values of its variables.</summary>
public interface ICelVariables
{
    /// <summary>Value of a variable; false when there is none of that name.</summary>
    bool TryGet(string name, out CelValue value);
}

/// <summary>
/// An expression in the part of the Common Expression Language that Dapr's documents use: comparisons, <c>&amp;&amp;</c>, <c>||</c>, <c>!</c>, <c>?:</c>,
/// <c>in</c>, arithmetic, member access and indexing, lists, <c>has()</c>, <c>size()</c>, the conversions <c>int()</c>, <c>double()</c>, <c>string()</c> and
/// <c>bool()</c>, and the string functions <c>startsWith</c>, <c>endsWith</c>, <c>contains</c> and <c>matches</c>. Parsed once, evaluated often, thread-safe.
/// </summary>
public sealed class CelExpression
{
    private readonly CelNode _root;

    private CelExpression(string text, CelNode root)
    {
        Text = text;
        _root = root;
    }

    /// <summary>The expression as it was written.</summary>
    public string Text { get; }

    /// <summary>Reads an expression.</summary>
    /// <exception cref="FormatException">It cannot be read; the message names the place.</exception>
    public static CelExpression Parse(string text) => new(text, new CelParser(text).Parse());

    /// <summary>Evaluates it.</summary>
    /// <exception cref="CelException">A variable or key is missing, or an operator does not fit its operands.</exception>
    public CelValue Evaluate(ICelVariables variables) => _root.Evaluate(variables);

    /// <summary>Evaluates it as a condition.</summary>
    /// <exception cref="CelException">As for <see cref="Evaluate"/>, or the result is no boolean.</exception>
    public bool IsTrue(ICelVariables variables)
    {
        var result = Evaluate(variables);
        return result.Kind == CelKind.Bool
            ? result.AsBool
            : throw new CelException($"the result of match expression {Text} was not a boolean");
    }

    /// <inheritdoc/>
    public override string ToString() => Text;
}

/// <summary>An expression that has no value for what it was given.</summary>
public sealed class CelException(string message) : Exception(message);
