namespace Sidecar.Cli.Output;

/// <summary>The kinds of line that dapr's CLI marks.</summary>
public enum StatusMark
{
    /// <summary>Something is done.</summary>
    Success,

    /// <summary>Something failed; goes to the error stream.</summary>
    Failure,

    /// <summary>Something to know.</summary>
    Warning,

    /// <summary>Something goes on.</summary>
    Info,
}

/// <summary>The terminal of a run: whole lines, one at a time, in colour where the terminal has some and <c>NO_COLOR</c> is not set.</summary>
public sealed class RunConsole(TextWriter output, TextWriter errors, bool colour)
{
    private const string Reset = "\e[0m";

    // Readable on dark and on light ground.
    private static readonly string[] s_palette = ["\e[36m", "\e[32m", "\e[35m", "\e[33m", "\e[34m", "\e[96m", "\e[92m", "\e[95m", "\e[93m", "\e[94m"];

    private static readonly string[] s_marks = ["✅  ", "❌  ", "⚠  ", "ℹ️  "];

    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _colours = new(StringComparer.Ordinal);
    private bool _closed;

    /// <summary>The console of this process.</summary>
    public static RunConsole ForProcess(bool asJson = false) => new(
        Console.Out, Console.Error, string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && !Console.IsOutputRedirected)
    {
        AsJson = asJson,
    };

    /// <summary>A line of an app or its sidecar: <c>== APP - orders == …</c>.</summary>
    public void Write(string source, string label, string line)
    {
        lock (_gate)
        {
            var prefix = label.Length == 0 ? $"== {source} ==" : $"== {source} - {label} ==";
            Print(output, colour ? $"{ColourOf(label)}{prefix}{Reset} {line}" : $"{prefix} {line}");
        }
    }

    /// <summary>Status lines as JSON objects, as dapr's <c>--log-as-json</c> writes them.</summary>
    public bool AsJson { get; init; }

    /// <summary>A line that dapr's CLI prints in these words, with its mark: scripts wait for some of them. On Windows dapr leaves the mark out.</summary>
    public void Status(StatusMark mark, string line)
    {
        var writer = mark == StatusMark.Failure ? errors : output;
        lock (_gate)
        {
            Print(writer, AsJson ? StatusJson.Of(mark, line) : OperatingSystem.IsWindows() ? line : s_marks[(int)mark] + line);
        }
    }

    /// <summary>News of the run itself.</summary>
    public void Tell(string line)
    {
        lock (_gate)
        {
            Print(output, line);
        }
    }

    /// <summary>Bad news, on the error stream.</summary>
    public void Warn(string line)
    {
        lock (_gate)
        {
            Print(errors, colour ? $"\e[31m{line}{Reset}" : line);
        }
    }

    private void Print(TextWriter writer, string line)
    {
        if (_closed)
            return;
        try
        {
            writer.WriteLine(line);
        }
        catch (IOException)
        {
            // Whoever read this output is gone (`| head`); the apps run on and their files have every line.
            _closed = true;
        }
    }

    private string ColourOf(string label)
    {
        if (!_colours.TryGetValue(label, out var found))
        {
            found = s_palette[_colours.Count % s_palette.Length];
            _colours.Add(label, found);
        }

        return found;
    }
}
