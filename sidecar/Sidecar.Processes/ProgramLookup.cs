namespace Sidecar.Processes;

/// <summary>Finds the program of a command before it is started, so that what is missing can be named.</summary>
public static class ProgramLookup
{
    private static readonly Dictionary<string, string> s_howToGet = new(StringComparer.OrdinalIgnoreCase)
    {
        ["dotnet"] = "install the .NET SDK from https://dot.net/download",
        ["node"] = "install Node.js from https://nodejs.org",
        ["npm"] = "install Node.js, which brings npm, from https://nodejs.org",
        ["python"] = "install Python from https://www.python.org/downloads",
        ["python3"] = "install Python from https://www.python.org/downloads",
        ["go"] = "install Go from https://go.dev/dl",
        ["java"] = "install a JDK, for example from https://adoptium.net",
    };

    /// <summary>Full path of the program.</summary>
    /// <param name="command">Program and arguments.</param>
    /// <param name="directory">Working directory of the command.</param>
    /// <param name="path">The <c>PATH</c> the command runs with.</param>
    /// <exception cref="ProcessStartException">The program is not there, or it is to run a file that was not built.</exception>
    public static string Find(IReadOnlyList<string> command, string directory, string? path)
    {
        var name = command[0];
        var program = name.Contains('/', StringComparison.Ordinal) || Path.IsPathRooted(name)
            ? Candidates(Path.GetFullPath(name, directory)).FirstOrDefault(File.Exists)
                ?? throw new ProcessStartException($"the program '{name}' does not exist in '{directory}'; build it, or correct the command")
            : OnPath(name, path) ?? throw new ProcessStartException($"the program '{name}' is not on the PATH; {Advice(name)}");
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(program) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) == 0)
            throw new ProcessStartException($"'{program}' may not be executed; run: chmod +x '{program}'");
        if (IsDotnet(name) && command.Count > 1 && command[1].EndsWith(".dll", StringComparison.OrdinalIgnoreCase)
            && !File.Exists(Path.GetFullPath(command[1], directory)))
            throw new ProcessStartException($"'{Path.GetFullPath(command[1], directory)}' does not exist; build it first: dotnet build -c Release");
        return program;
    }

    private static bool IsDotnet(string name) => Path.GetFileNameWithoutExtension(name).Equals("dotnet", StringComparison.OrdinalIgnoreCase);

    private static string? OnPath(string name, string? path)
    {
        var found = (path ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => Candidates(Path.Combine(folder, name))).FirstOrDefault(File.Exists);
        // Whoever started this program with a dotnet that is not on the PATH means that one.
        return found ?? (IsDotnet(name) && IsDotnet(Environment.ProcessPath ?? "") ? Environment.ProcessPath : null);
    }

    private static IEnumerable<string> Candidates(string path) =>
        OperatingSystem.IsWindows() ? [path, path + ".exe", path + ".cmd", path + ".bat"] : [path];

    private static string Advice(string name) => s_howToGet.TryGetValue(name, out var advice) ? advice : "install it, or write its full path in the command";
}
