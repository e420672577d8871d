using System.Text.RegularExpressions;

namespace Sidecar.Components.SqliteState;

/// <summary>
/// Where a database is: Dapr's <c>connectionString</c> (a path, <c>file:…?…</c> or <c>:memory:</c>) in the form SQLite's C API takes.
/// </summary>
/// <param name="Uri">Address for <c>sqlite3_open_v2</c>.</param>
/// <param name="FullPath">The file, or null for a database in memory.</param>
/// <param name="ReadOnly">The connection string says <c>mode=ro</c> or <c>immutable=1</c>.</param>
/// <param name="Pragmas">Statements for the <c>_pragma=name(value)</c> parameters.</param>
internal sealed partial record SqliteAddress(string Uri, string? FullPath, bool ReadOnly, IReadOnlyList<string> Pragmas)
{
    // daprd refuses these too: they have metadata keys of their own, or belong to it.
    private static readonly string[] s_ownedPragmas = ["busy_timeout", "journal_mode", "foreign_keys"];

    /// <summary>What errors call it.</summary>
    public string Display => FullPath ?? ":memory:";

    /// <summary>Reads a connection string; relative paths resolve against <paramref name="directory"/>.</summary>
    /// <exception cref="FormatException">A parameter is not allowed or not understood.</exception>
    public static SqliteAddress Parse(string connectionString, string directory)
    {
        var isUri = connectionString.StartsWith("file:", StringComparison.OrdinalIgnoreCase);
        var text = isUri ? connectionString[5..] : connectionString;
        var mark = text.IndexOf('?', StringComparison.Ordinal);
        var path = mark < 0 ? text : text[..mark];
        var passedOn = new List<string>();
        var pragmas = new List<string>();
        var readOnly = false;
        var inMemory = path.StartsWith(":memory:", StringComparison.OrdinalIgnoreCase);

        foreach (var parameter in (mark < 0 ? "" : text[(mark + 1)..]).Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = Split(parameter);
            if (name == "_pragma")
                pragmas.Add(Pragma(value));
            if (name.StartsWith('_'))
                continue; // parameters of the Go driver, such as _txlock: every write here is immediate
            readOnly |= (name, value) is ("mode", "ro") or ("immutable", "1");
            inMemory |= (name, value) is ("mode", "memory");
            passedOn.Add(parameter);
        }

        if (inMemory)
            return new SqliteAddress(":memory:", null, false, pragmas);
        if (path.Length == 0)
            throw new FormatException("names no file");
        var fullPath = Path.GetFullPath(isUri ? System.Uri.UnescapeDataString(path.StartsWith("//", StringComparison.Ordinal) ? path[2..] : path) : path, directory);
        var uri = "file:" + string.Join('/', fullPath.Replace('\\', '/').Split('/').Select(System.Uri.EscapeDataString));
        return new SqliteAddress(passedOn.Count == 0 ? uri : $"{uri}?{string.Join('&', passedOn)}", fullPath, readOnly, pragmas);
    }

    private static (string Name, string Value) Split(string parameter)
    {
        var equals = parameter.IndexOf('=', StringComparison.Ordinal);
        return equals < 0
            ? (parameter, "")
            : (System.Uri.UnescapeDataString(parameter[..equals]), System.Uri.UnescapeDataString(parameter[(equals + 1)..]));
    }

    private static string Pragma(string value)
    {
        if (PragmaForm().Match(value) is not { Success: true } match)
            throw new FormatException($"has the parameter _pragma={value}; write _pragma=name(value)");
        var name = match.Groups["name"].Value;
        if (s_ownedPragmas.Contains(name, StringComparer.OrdinalIgnoreCase))
            throw new FormatException($"may not set _pragma={name}; use the metadata keys busyTimeout and disableWAL");
        return $"PRAGMA {name} = {match.Groups["value"].Value}";
    }

    [GeneratedRegex(@"^(?<name>\w+)(\(|=)(?<value>-?\w+)\)?$")]
    private static partial Regex PragmaForm();
}
