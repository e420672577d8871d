using System.Buffers;

namespace Sidecar.Runtime.Actors;

/// <summary>Dapr's rules for what becomes a part of a path on the app.</summary>
internal static class ActorNames
{
    private static readonly SearchValues<char> s_forbidden = SearchValues.Create("#?\0/\\");
    private static readonly SearchValues<char> s_forbiddenInMethods = SearchValues.Create("#?\0");

    /// <summary>Why an actor type, an actor id or the name of a timer or reminder is refused; null when it is not.</summary>
    public static string? Problem(string name)
    {
        if (name.AsSpan().ContainsAny(s_forbidden))
            return $"name contains forbidden character: \"{name}\"";
        if (ControlCharacter(name) is { } position)
            return $"name contains control character at position {position}: \"{name}\"";
        return name is "." or ".." ? $"name is a path traversal sequence: \"{name}\"" : null;
    }

    /// <summary>Cleans a method name: dot segments are resolved, none leads out of the actor.</summary>
    /// <exception cref="FormatException">It has a character that cannot be part of a method.</exception>
    public static string Method(string method)
    {
        if (method.AsSpan().ContainsAny(s_forbiddenInMethods))
            throw new FormatException($"method contains forbidden character: \"{method}\"");
        if (ControlCharacter(method) is { } position)
            throw new FormatException($"method contains control character at position {position}: \"{method}\"");
        if (!method.Contains('/') && method is not ("." or ".."))
            return method;

        List<string> segments = [];
        foreach (var segment in method.Split('/'))
        {
            if (segment == ".." && segments.Count > 0)
                segments.RemoveAt(segments.Count - 1);
            else if (segment is not ("" or "." or ".."))
                segments.Add(segment);
        }

        return string.Join('/', segments);
    }

    private static int? ControlCharacter(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is < ' ' or '\x7f')
                return i;
        }

        return null;
    }
}
