using System.CommandLine;

namespace Sidecar.Cli.Commands;

/// <summary>What is to be said of flags of dapr that a command accepts without doing what they ask, or under an old name.</summary>
internal sealed class FlagNotes
{
    private readonly List<(Option Option, string Why)> _withoutEffect = [];
    private readonly List<(Option Option, string Instead)> _deprecated = [];
    private readonly List<(Option Option, string Why)> _refused = [];

    /// <summary>Every flag with its note, for those who check that none is forgotten.</summary>
    public IEnumerable<Option> All => [.. _withoutEffect.Concat(_deprecated).Concat(_refused).Select(note => note.Option)];

    public T WithoutEffect<T>(T option, string why)
        where T : Option
    {
        _withoutEffect.Add((option, why));
        return option;
    }

    /// <summary>Works as ever; help does not show it.</summary>
    public T Deprecated<T>(T option, string instead)
        where T : Option
    {
        option.Hidden = true;
        _deprecated.Add((option, instead));
        return option;
    }

    public T Refused<T>(T option, string why)
        where T : Option
    {
        _refused.Add((option, why));
        return option;
    }

    /// <summary>Why the command cannot be carried out, or null.</summary>
    public string? Refusal(ParseResult given) =>
        _refused.Where(note => IsGiven(given, note.Option)).Select(note => $"{note.Option.Name}: {note.Why}").FirstOrDefault();

    /// <summary>A line for each old name, in the words that dapr's command line has for it.</summary>
    public IEnumerable<string> Deprecations(ParseResult given) =>
        _deprecated.Where(note => IsGiven(given, note.Option)).Select(note => $"Flag {note.Option.Name} has been deprecated, {note.Instead}");

    /// <summary>One line for all flags that change nothing, or null.</summary>
    public string? Ineffective(ParseResult given)
    {
        var notes = _withoutEffect.Where(note => IsGiven(given, note.Option)).Select(note => $"{note.Option.Name} ({note.Why})").ToList();
        return notes.Count == 0 ? null : $"Accepted without effect: {string.Join(", ", notes)}";
    }

    private static bool IsGiven(ParseResult given, Option option) => given.GetResult(option) is { Implicit: false };
}
