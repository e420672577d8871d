namespace Sidecar.Runtime.Cel;

/// <summary>A part of a parsed expression.</summary>
internal abstract class CelNode
{
    public abstract CelValue Evaluate(ICelVariables variables);

    protected static CelException NoOverload(string operation, CelValue left, CelValue right) =>
        new($"no such overload: {left.Kind} {operation} {right.Kind}");
}

internal sealed class CelLiteral(CelValue value) : CelNode
{
    public override CelValue Evaluate(ICelVariables variables) => value;
}

internal sealed class CelVariable(string name) : CelNode
{
    public override CelValue Evaluate(ICelVariables variables) =>
        variables.TryGet(name, out var value) ? value : throw new CelException($"no such attribute: {name}");
}

internal sealed class CelSelect(CelNode target, string member) : CelNode
{
    public override CelValue Evaluate(ICelVariables variables) =>
        TryEvaluate(variables, out var value) ? value : throw new CelException($"no such key: {member}");

    /// <summary>False when the map has no such key; anything but a map is an error.</summary>
    public bool TryEvaluate(ICelVariables variables, out CelValue value)
    {
        var map = target.Evaluate(variables);
        return map.Kind == CelKind.Map
            ? map.TryGetEntry(member, out value)
            : throw new CelException($"no such key: {member}: its target is no map but {map.Kind}");
    }
}

internal sealed class CelHas(CelSelect select) : CelNode
{
    public override CelValue Evaluate(ICelVariables variables) => CelValue.From(select.TryEvaluate(variables, out _));
}

internal sealed class CelIndex(CelNode target, CelNode index) : CelNode
{
    public override CelValue Evaluate(ICelVariables variables)
    {
        var (container, key) = (target.Evaluate(variables), index.Evaluate(variables));
        if (container.Kind == CelKind.Map && key.Kind == CelKind.Text)
            return container.TryGetEntry(key.AsText, out var value) ? value : throw new CelException($"no such key: {key}");
        if (container.Kind != CelKind.List || !key.IsNumber || key.AsDouble != Math.Truncate(key.AsDouble))
            throw NoOverload("[]", container, key);
        var at = key.AsDouble;
        return at >= 0 && at < container.Count ? container[(int)at] : throw new CelException($"index out of bounds: {key}");
    }
}

internal sealed class CelList(CelNode[] items) : CelNode
{
    public override CelValue Evaluate(ICelVariables variables) => CelValue.From(Array.ConvertAll(items, item => item.Evaluate(variables)));
}

internal sealed class CelConditional(CelNode condition, CelNode then, CelNode otherwise) : CelNode
{
    public override CelValue Evaluate(ICelVariables variables)
    {
        var value = condition.Evaluate(variables);
        if (value.Kind != CelKind.Bool)
            throw new CelException($"no such overload: {value.Kind} ?:");
        return (value.AsBool ? then : otherwise).Evaluate(variables);
    }
}

/// <summary>
/// <c>&amp;&amp;</c> and <c>||</c>: in CEL the order of the operands does not matter, so an error on one side is forgotten when the other side decides.
/// </summary>
internal sealed class CelLogical(CelNode left, CelNode right, bool decisive) : CelNode
{
    public override CelValue Evaluate(ICelVariables variables)
    {
        CelException? error = null;
        foreach (var side in (ReadOnlySpan<CelNode>)[left, right])
        {
            try
            {
                var value = side.Evaluate(variables);
                if (value.Kind != CelKind.Bool)
                    error ??= new CelException($"no such overload: {value.Kind} {(decisive ? "||" : "&&")}");
                else if (value.AsBool == decisive)
                    return value;
            }
            catch (CelException exception)
            {
                error ??= exception;
            }
        }

        return error is null ? CelValue.From(!decisive) : throw error;
    }
}

internal sealed class CelNot(CelNode operand) : CelNode
{
    public override CelValue Evaluate(ICelVariables variables)
    {
        var value = operand.Evaluate(variables);
        return value.Kind == CelKind.Bool ? CelValue.From(!value.AsBool) : throw new CelException($"no such overload: !{value.Kind}");
    }
}

internal sealed class CelNegation(CelNode operand) : CelNode
{
    public override CelValue Evaluate(ICelVariables variables)
    {
        var value = operand.Evaluate(variables);
        return value.Kind switch
        {
            CelKind.Whole when value.AsInt != long.MinValue => CelValue.From(-value.AsInt),
            CelKind.Number => CelValue.From(-value.AsDouble),
            _ => throw new CelException($"no such overload: -{value.Kind}"),
        };
    }
}

internal sealed class CelComparison(CelNode left, string operation, CelNode right) : CelNode
{
    public override CelValue Evaluate(ICelVariables variables)
    {
        var (first, second) = (left.Evaluate(variables), right.Evaluate(variables));
        return CelValue.From(operation switch
        {
            "==" => first.Equals(second),
            "!=" => !first.Equals(second),
            _ => Order(first, second) is { } order && operation switch
            {
                "<" => order < 0,
                "<=" => order <= 0,
                ">" => order > 0,
                _ => order >= 0,
            },
        });
    }

    /// <summary>Null when one of them is not a number, so that no comparison holds.</summary>
    private int? Order(CelValue first, CelValue second)
    {
        if (first is { Kind: CelKind.Whole } && second is { Kind: CelKind.Whole })
            return first.AsInt.CompareTo(second.AsInt);
        if (first.IsNumber && second.IsNumber)
            return double.IsNaN(first.AsDouble) || double.IsNaN(second.AsDouble) ? null : first.AsDouble.CompareTo(second.AsDouble);
        if (first.Kind == CelKind.Text && second.Kind == CelKind.Text)
            return string.CompareOrdinal(first.AsText, second.AsText);
        if (first.Kind == CelKind.Bool && second.Kind == CelKind.Bool)
            return first.AsBool.CompareTo(second.AsBool);
        throw NoOverload(operation, first, second);
    }
}

internal sealed class CelIn(CelNode item, CelNode container) : CelNode
{
    public override CelValue Evaluate(ICelVariables variables)
    {
        var (wanted, within) = (item.Evaluate(variables), container.Evaluate(variables));
        if (within.Kind == CelKind.Map)
            return CelValue.From(wanted.Kind == CelKind.Text && within.TryGetEntry(wanted.AsText, out _));
        if (within.Kind != CelKind.List)
            throw NoOverload("in", wanted, within);
        for (var i = 0; i < within.Count; i++)
        {
            if (within[i].Equals(wanted))
                return CelValue.From(true);
        }

        return CelValue.From(false);
    }
}

internal sealed class CelArithmetic(CelNode left, char operation, CelNode right) : CelNode
{
    public override CelValue Evaluate(ICelVariables variables)
    {
        var (first, second) = (left.Evaluate(variables), right.Evaluate(variables));
        if (operation == '+' && first.Kind == CelKind.Text && second.Kind == CelKind.Text)
            return CelValue.From(first.AsText + second.AsText);
        if (!first.IsNumber || !second.IsNumber)
            throw NoOverload(operation.ToString(), first, second);
        return first.Kind == CelKind.Whole && second.Kind == CelKind.Whole ? Integers(first.AsInt, second.AsInt) : Doubles(first.AsDouble, second.AsDouble);
    }

    private CelValue Integers(long first, long second)
    {
        try
        {
            return CelValue.From(operation switch
            {
                '+' => checked(first + second),
                '-' => checked(first - second),
                '*' => checked(first * second),
                '/' => first / second,
                _ => first % second,
            });
        }
        catch (DivideByZeroException)
        {
            throw new CelException(operation == '%' ? "modulus by zero" : "division by zero");
        }
        catch (OverflowException)
        {
            throw new CelException("integer overflow");
        }
    }

    private CelValue Doubles(double first, double second) => CelValue.From(operation switch
    {
        '+' => first + second,
        '-' => first - second,
        '*' => first * second,
        '/' => first / second,
        _ => throw new CelException("no such overload: Number % Number"),
    });
}
