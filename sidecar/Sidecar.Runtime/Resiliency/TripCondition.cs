using System.Globalization;
using System.Text.RegularExpressions;

namespace Sidecar.Runtime.Resiliency;

/// <summary>
/// The trip expression of a circuit breaker: comparisons and arithmetic over the five counts, joined by <c>&amp;&amp;</c>, <c>||</c>, <c>!</c> and parentheses.
/// </summary>
internal sealed partial class TripCondition
{
    private readonly Func<BreakerCounts, bool> _condition;

    private TripCondition(Func<BreakerCounts, bool> condition) => _condition = condition;

    /// <exception cref="FormatException">The text is no expression over the counts.</exception>
    public static TripCondition Parse(string text) => new(new Parser(text).Parse());

    public bool IsMet(BreakerCounts counts) => _condition(counts);

    [GeneratedRegex(@"\G\s*(?:(?<number>\d+(?:\.\d+)?)|(?<name>[A-Za-z_][A-Za-z_0-9]*)|(?<symbol>&&|\|\||[<>=!]=|[-+*/%<>!()]))")]
    private static partial Regex Token();

    /// <summary>Recursive descent; every value is a number, with 1 for true.</summary>
    private sealed class Parser
    {
        private readonly string _text;
        private readonly List<string> _tokens = [];
        private int _next;

        public Parser(string text)
        {
            _text = text;
            var end = 0;
            for (var match = Token().Match(text); match.Success; match = match.NextMatch())
            {
                _tokens.Add(match.Value.Trim());
                end = match.Index + match.Length;
            }

            if (text[end..].Trim().Length > 0 || _tokens.Count == 0)
                throw Error($"cannot be read at '{text[end..].Trim()}'");
        }

        public Func<BreakerCounts, bool> Parse()
        {
            var value = Or();
            return _next == _tokens.Count ? counts => value(counts) != 0 : throw Error($"has an unexpected '{_tokens[_next]}'");
        }

        private Func<BreakerCounts, double> Or() => Binary(And, "||");

        private Func<BreakerCounts, double> And() => Binary(Comparison, "&&");

        private Func<BreakerCounts, double> Comparison() => Binary(Sum, "<", "<=", ">", ">=", "==", "!=");

        private Func<BreakerCounts, double> Sum() => Binary(Product, "+", "-");

        private Func<BreakerCounts, double> Product() => Binary(Unary, "*", "/", "%");

        private Func<BreakerCounts, double> Unary()
        {
            if (Take("!"))
            {
                var operand = Unary();
                return counts => operand(counts) == 0 ? 1 : 0;
            }

            if (Take("-"))
            {
                var operand = Unary();
                return counts => -operand(counts);
            }

            if (Take("("))
            {
                var inner = Or();
                return Take(")") ? inner : throw Error("lacks a closing parenthesis");
            }

            return Value();
        }

        private Func<BreakerCounts, double> Value()
        {
            var token = _next < _tokens.Count ? _tokens[_next++] : throw Error("ends too early");
            if (double.TryParse(token, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
                return _ => number;
            return token switch
            {
                "requests" => counts => counts.Requests,
                "totalSuccesses" => counts => counts.TotalSuccesses,
                "totalFailures" => counts => counts.TotalFailures,
                "consecutiveSuccesses" => counts => counts.ConsecutiveSuccesses,
                "consecutiveFailures" => counts => counts.ConsecutiveFailures,
                "true" => _ => 1,
                "false" => _ => 0,
                _ => throw Error($"has no variable '{token}'; there are requests, totalSuccesses, totalFailures, consecutiveSuccesses and consecutiveFailures"),
            };
        }

        private Func<BreakerCounts, double> Binary(Func<Func<BreakerCounts, double>> operand, params ReadOnlySpan<string> operators)
        {
            var left = operand();
            while (_next < _tokens.Count && operators.Contains(_tokens[_next]))
            {
                var (first, name, second) = (left, _tokens[_next++], operand());
                left = counts => Apply(name, first(counts), second(counts));
            }

            return left;
        }

        private static double Apply(string name, double left, double right) => name switch
        {
            "||" => left != 0 || right != 0 ? 1 : 0,
            "&&" => left != 0 && right != 0 ? 1 : 0,
            "<" => left < right ? 1 : 0,
            "<=" => left <= right ? 1 : 0,
            ">" => left > right ? 1 : 0,
            ">=" => left >= right ? 1 : 0,
            "==" => left == right ? 1 : 0,
            "!=" => left != right ? 1 : 0,
            "+" => left + right,
            "-" => left - right,
            "*" => left * right,
            "/" => right == 0 ? 0 : Math.Truncate(left / right),
            _ => right == 0 ? 0 : left % right,
        };

        private bool Take(string token)
        {
            if (_next >= _tokens.Count || _tokens[_next] != token)
                return false;
            _next++;
            return true;
        }

        private FormatException Error(string problem) => new($"trip condition '{_text}' {problem}");
    }
}
