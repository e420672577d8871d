using System.Text;

namespace Sidecar.Runtime.Cel;

internal enum CelTokenKind
{
    End,
    Name,
    Number,
    Text,
    Symbol,
}

/// <summary>One token and where it starts.</summary>
internal readonly record struct CelToken(CelTokenKind Kind, string Value, int Position);

/// <summary>Splits an expression into tokens.</summary>
internal sealed class CelLexer(string text)
{
    private static readonly string[] s_symbols = ["&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "(", ")", "[", "]", ",", ".", "?", ":", "+", "-", "*", "/", "%"];
    private int _at;

    public CelToken Next()
    {
        SkipSpace();
        if (_at >= text.Length)
            return new CelToken(CelTokenKind.End, "", _at);
        var start = _at;
        var first = text[_at];
        var raw = first is 'r' or 'R' && _at + 1 < text.Length && text[_at + 1] is '"' or '\'' && first is 'r' or 'R';
        if (first is '"' or '\'' || raw)
        {
            if (raw)
                _at++;
            return new CelToken(CelTokenKind.Text, ReadText(raw), start);
        }

        if (char.IsAsciiDigit(first) || (first == '.' && _at + 1 < text.Length && char.IsAsciiDigit(text[_at + 1])))
            return new CelToken(CelTokenKind.Number, ReadNumber(), start);
        if (char.IsAsciiLetter(first) || first == '_')
        {
            while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] == '_'))
            {
                _at++;
            }

            return new CelToken(CelTokenKind.Name, text[start.._at], start);
        }

        foreach (var symbol in s_symbols)
        {
            if (string.CompareOrdinal(text, _at, symbol, 0, symbol.Length) == 0)
            {
                _at += symbol.Length;
                return new CelToken(CelTokenKind.Symbol, symbol, start);
            }
        }

        throw Error(start, $"has an unexpected character '{first}'");
    }

    public FormatException Error(int position, string problem) => new($"expression '{text}' {problem} at position {position + 1}");

    private void SkipSpace()
    {
        while (_at < text.Length)
        {
            if (char.IsWhiteSpace(text[_at]))
            {
                _at++;
            }
            else if (text[_at] == '/' && _at + 1 < text.Length && text[_at + 1] == '/')
            {
                var line = text.IndexOf('\n', _at);
                _at = line < 0 ? text.Length : line;
            }
            else
            {
                return;
            }
        }
    }

    private string ReadNumber()
    {
        var start = _at;
        if (text[_at] == '0' && _at + 1 < text.Length && text[_at + 1] is 'x' or 'X')
        {
            _at += 2;
            while (_at < text.Length && char.IsAsciiHexDigit(text[_at]))
            {
                _at++;
            }
        }
        else
        {
            Digits();
            if (_at + 1 < text.Length && text[_at] == '.' && char.IsAsciiDigit(text[_at + 1]))
            {
                _at++;
                Digits();
            }

            if (_at < text.Length && text[_at] is 'e' or 'E')
            {
                _at++;
                if (_at < text.Length && text[_at] is '+' or '-')
                    _at++;
                Digits();
            }
        }

        // An unsigned literal is the same number here.
        var end = _at;
        if (_at < text.Length && text[_at] is 'u' or 'U')
            _at++;
        return text[start..end];

        void Digits()
        {
            while (_at < text.Length && char.IsAsciiDigit(text[_at]))
            {
                _at++;
            }
        }
    }

    private string ReadText(bool raw)
    {
        var start = _at;
        var quote = text[_at];
        var triple = string.CompareOrdinal(text, _at, new string(quote, 3), 0, 3) == 0;
        var end = new string(quote, triple ? 3 : 1);
        _at += end.Length;
        var result = new StringBuilder();
        while (true)
        {
            if (_at >= text.Length || (!triple && text[_at] is '\n' or '\r'))
                throw Error(start, "has a text that does not end");
            if (string.CompareOrdinal(text, _at, end, 0, end.Length) == 0)
            {
                _at += end.Length;
                return result.ToString();
            }

            if (text[_at] == '\\' && !raw)
                ReadEscape(result);
            else
                result.Append(text[_at++]);
        }
    }

    private void ReadEscape(StringBuilder result)
    {
        var start = _at++;
        if (_at >= text.Length)
            throw Error(start, "has a text that does not end");
        var escape = text[_at++];
        switch (escape)
        {
            case 'n': result.Append('\n'); break;
            case 'r': result.Append('\r'); break;
            case 't': result.Append('\t'); break;
            case 'a': result.Append('\a'); break;
            case 'b': result.Append('\b'); break;
            case 'f': result.Append('\f'); break;
            case 'v': result.Append('\v'); break;
            case '\\' or '"' or '\'' or '`' or '?': result.Append(escape); break;
            case 'x' or 'X': result.Append(Hex(2)); break;
            case 'u': result.Append(Hex(4)); break;
            case 'U': result.Append(Hex(8)); break;
            default: throw Error(start, $"has an unknown escape '\\{escape}'");
        }

        string Hex(int digits)
        {
            if (_at + digits > text.Length
                || !int.TryParse(text.AsSpan(_at, digits), System.Globalization.NumberStyles.AllowHexSpecifier, null, out var code)
                || !Rune.IsValid(code))
            {
                throw Error(start, "has an escape that is no character");
            }

            _at += digits;
            return new Rune(code).ToString();
        }
    }
}
