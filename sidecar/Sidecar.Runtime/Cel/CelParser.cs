using System.Globalization;

namespace Sidecar.Runtime.Cel;

/// <summary>Recursive descent over the grammar of CEL: conditional, or, and, relation, sum, product, unary, member, primary.</summary>
internal sealed class CelParser
{
    /// <summary>Deeper nesting than this is refused, so that no expression can exhaust the stack.</summary>
    private const int MaxDepth = 200;

    private readonly CelLexer _lexer;
    private CelToken _token;
    private int _depth;

    public CelParser(string text)
    {
        _lexer = new CelLexer(text);
        _token = _lexer.Next();
    }

    public CelNode Parse()
    {
        var root = Conditional();
        return _token.Kind == CelTokenKind.End ? root : throw Unexpected();
    }

    private CelNode Conditional()
    {
        if (++_depth > MaxDepth)
            throw _lexer.Error(_token.Position, $"is nested deeper than {MaxDepth} levels");
        var condition = Or();
        if (Take("?"))
        {
            var then = Conditional();
            Expect(":");
            condition = new CelConditional(condition, then, Conditional());
        }

        _depth--;
        return condition;
    }

    private CelNode Or()
    {
        var left = And();
        while (Take("||"))
        {
            left = new CelLogical(left, And(), decisive: true);
        }

        return left;
    }

    private CelNode And()
    {
        var left = Relation();
        while (Take("&&"))
        {
            left = new CelLogical(left, Relation(), decisive: false);
        }

        return left;
    }

    private CelNode Relation()
    {
        var left = Sum();
        while (true)
        {
            if (_token.Kind == CelTokenKind.Symbol && _token.Value is "==" or "!=" or "<" or "<=" or ">" or ">=")
                left = new CelComparison(left, Advance().Value, Sum());
            else if (_token is { Kind: CelTokenKind.Name, Value: "in" })
                left = new CelIn(left, AdvanceThen(Sum));
            else
                return left;
        }
    }

    private CelNode Sum()
    {
        var left = Product();
        while (_token.Kind == CelTokenKind.Symbol && _token.Value is "+" or "-")
        {
            left = new CelArithmetic(left, Advance().Value[0], Product());
        }

        return left;
    }

    private CelNode Product()
    {
        var left = Unary();
        while (_token.Kind == CelTokenKind.Symbol && _token.Value is "*" or "/" or "%")
        {
            left = new CelArithmetic(left, Advance().Value[0], Unary());
        }

        return left;
    }

    private CelNode Unary()
    {
        if (_token.Kind != CelTokenKind.Symbol || _token.Value is not ("!" or "-"))
            return Member();
        if (++_depth > MaxDepth)
            throw _lexer.Error(_token.Position, $"is nested deeper than {MaxDepth} levels");
        CelNode node = Advance().Value == "!" ? new CelNot(Unary()) : new CelNegation(Unary());
        _depth--;
        return node;
    }

    private CelNode Member()
    {
        var node = Primary();
        while (true)
        {
            if (Take("."))
            {
                var name = ExpectName();
                node = Take("(") ? CelFunctions.Method(node, name.Value, Arguments(")")) ?? throw UnknownFunction(name) : new CelSelect(node, name.Value);
            }
            else if (Take("["))
            {
                node = new CelIndex(node, Conditional());
                Expect("]");
            }
            else
            {
                return node;
            }
        }
    }

    private CelNode Primary()
    {
        switch (_token.Kind)
        {
            case CelTokenKind.Number:
                return new CelLiteral(Number());
            case CelTokenKind.Text:
                return new CelLiteral(CelValue.From(Advance().Value));
            case CelTokenKind.Name:
                return Name();
            case CelTokenKind.Symbol when Take("("):
                var inner = Conditional();
                Expect(")");
                return inner;
            case CelTokenKind.Symbol when Take("["):
                return new CelList(Arguments("]"));
            default:
                throw Unexpected();
        }
    }

    private CelNode Name()
    {
        var name = Advance();
        switch (name.Value)
        {
            case "true": return new CelLiteral(CelValue.From(true));
            case "false": return new CelLiteral(CelValue.From(false));
            case "null": return new CelLiteral(CelValue.Null);
            case "in": throw _lexer.Error(name.Position, "has an unexpected 'in'");
        }

        if (!Take("("))
            return new CelVariable(name.Value);
        var arguments = Arguments(")");
        if (name.Value == "has")
            return arguments is [CelSelect select] ? new CelHas(select) : throw _lexer.Error(name.Position, "has a has() without a member such as has(event.data.x)");
        return CelFunctions.Function(name.Value, arguments) ?? throw UnknownFunction(name);
    }

    private CelNode[] Arguments(string end)
    {
        var arguments = new List<CelNode>();
        while (!Take(end))
        {
            if (arguments.Count > 0)
                Expect(",");
            arguments.Add(Conditional());
        }

        return [.. arguments];
    }

    private CelValue Number()
    {
        var token = Advance();
        if (token.Value.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            && long.TryParse(token.Value.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex))
        {
            return CelValue.From(hex);
        }

        if (long.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var integer))
            return CelValue.From(integer);
        return token.Value.AsSpan().ContainsAny('.', 'e', 'E') && double.TryParse(token.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? CelValue.From(number)
            : throw _lexer.Error(token.Position, $"has a number '{token.Value}' that cannot be read");
    }

    private CelToken Advance()
    {
        var token = _token;
        _token = _lexer.Next();
        return token;
    }

    private CelNode AdvanceThen(Func<CelNode> next)
    {
        Advance();
        return next();
    }

    private bool Take(string symbol)
    {
        if (_token.Kind != CelTokenKind.Symbol || _token.Value != symbol)
            return false;
        Advance();
        return true;
    }

    private void Expect(string symbol)
    {
        if (!Take(symbol))
            throw _lexer.Error(_token.Position, $"lacks '{symbol}'");
    }

    private CelToken ExpectName() => _token.Kind == CelTokenKind.Name ? Advance() : throw Unexpected();

    private FormatException UnknownFunction(CelToken name) => _lexer.Error(name.Position, $"calls the unknown function or wrong number of arguments of '{name.Value}'");

    private FormatException Unexpected() =>
        _lexer.Error(_token.Position, _token.Kind == CelTokenKind.End ? "ends too early" : $"has an unexpected '{_token.Value}'");
}
