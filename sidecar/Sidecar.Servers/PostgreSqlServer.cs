using System.Globalization;
using Sidecar.Processes;

namespace Sidecar.Servers;

/// <summary>
/// A private PostgreSQL that lets everybody of this machine in: user <c>postgres</c>, any password, database <c>postgres</c>. Every commit is on disk.
/// </summary>
/// <param name="folder">Where its data stays, or null for a temporary folder.</param>
/// <param name="port">Port, or null for a free one.</param>
/// <param name="durable">False leaves out fsync: a crash of the machine may then lose commits, a crash of the server does not.</param>
public sealed class PostgreSqlServer(string? folder = null, int? port = null, bool durable = true) : PrivateServer(folder, port), INamedServer<PostgreSqlServer>
{
    private const string SystemUser = "postgres";
    private static readonly TimeSpan s_orphanTime = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public static string ServerName => "postgresql";

    /// <inheritdoc/>
    public static string? Missing
    {
        get
        {
            if (Find("postgres") is null || Find("initdb") is null)
                return "the programs 'postgres' and 'initdb' are not installed; on Debian: apt-get install postgresql, on macOS: brew install postgresql";
            if (!MustChangeUser)
                return null;
            if (FindProgram("setpriv", "/usr/bin") is null)
                return "PostgreSQL refuses to run as root, and the program 'setpriv', which starts it as another user, is not installed; on Debian: apt-get install util-linux";
            return File.ReadLines("/etc/passwd").Any(line => line.StartsWith(SystemUser + ":", StringComparison.Ordinal))
                ? null
                : $"PostgreSQL refuses to run as root, and there is no user '{SystemUser}' to run it as; add one, or run as another user";
        }
    }

    /// <inheritdoc/>
    public override string Name => ServerName;

    /// <inheritdoc/>
    public override string UsualAddress => "localhost:5432";

    /// <summary>The database cluster: its configuration files are here.</summary>
    public string DataFolder => Path.Combine(Folder, "data");

    /// <inheritdoc/>
    protected override string? MissingProgram => Missing;

    private static bool MustChangeUser => !OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess;

    /// <inheritdoc/>
    public static PostgreSqlServer Create(string? folder, int? port) => new(folder, port);

    /// <inheritdoc/>
    public static PostgreSqlServer CreateForTest() => new(durable: false);

    /// <inheritdoc/>
    protected override async Task PrepareAsync(CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsWindows() && MustChangeUser)
            LetTheUserIn();
        await WaitForOrphansAsync(cancellationToken);
        if (Directory.Exists(DataFolder))
            return;

        // Made under another name first: what a crash leaves behind is no half-made database.
        var unfinished = DataFolder + ".new";
        if (Directory.Exists(unfinished))
            Directory.Delete(unfinished, recursive: true);
        if (MustChangeUser)
            await RunAsync(new ChildCommand(FindProgram("install", "/usr/bin", "/bin")!, ["-d", "-o", SystemUser, "-m", "700", unfinished], Folder, EnvironmentWith()), cancellationToken);
        await RunAsync(
            Command(Find("initdb")!, ["-D", unfinished, "-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C", .. durable ? (string[])[] : ["--no-sync"]]),
            cancellationToken);
        Directory.Move(unfinished, DataFolder);
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<ChildCommand> Commands() =>
    [
        Command(Find("postgres")!,
            ["-D", DataFolder, "-p", Port.ToString(CultureInfo.InvariantCulture),
                "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=200", .. durable ? (string[])[] : ["-F"]]),
    ];

    /// <inheritdoc/>
    protected override async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        // The startup message of the protocol's version 3; 'R' is the answer of a server that lets somebody in, 'E' of one that is still starting.
        const string Startup = "\0\0\0\u0029\0\u0003\0\0user\0postgres\0database\0postgres\0\0";
        return (await LineProbe.AskAsync(Port, Startup, cancellationToken)).StartsWith('R');
    }

    /// <summary>The fast way: sessions are cut, and everything is on disk.</summary>
    protected override void AskToEnd(ChildProcess server) => server.Interrupt();

    private static string? Find(string program) =>
        FindProgram(OperatingSystem.IsWindows() ? program + ".exe" : program, DebianFolders());

    // Debian keeps the programs out of the path, one folder a version; the newest is taken.
    private static IEnumerable<string> DebianFolders() => !Directory.Exists("/usr/lib/postgresql")
        ? []
        : Directory.GetDirectories("/usr/lib/postgresql").OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), out var version) ? version : 0)
            .Select(folder => Path.Combine(folder, "bin"));

    private ChildCommand Command(string program, IReadOnlyList<string> arguments)
    {
        var environment = EnvironmentWith(("LC_ALL", "C"));
        return MustChangeUser
            ? new(FindProgram("setpriv", "/usr/bin")!, [$"--reuid={SystemUser}", $"--regid={SystemUser}", "--init-groups", program, .. arguments], Folder, environment)
            : new(program, arguments, Folder, environment);
    }

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private void LetTheUserIn()
    {
        // A temporary folder is its owner's alone; the way to the data must be open, its content need not be seen.
        File.SetUnixFileMode(Folder, File.GetUnixFileMode(Folder) | UnixFileMode.OtherExecute);
        for (var parent = Directory.GetParent(Folder); parent is not null; parent = parent.Parent)
        {
            if (!parent.UnixFileMode.HasFlag(UnixFileMode.OtherExecute))
                throw new InvalidOperationException(
                    $"PostgreSQL runs as the user '{SystemUser}', who may not enter '{parent.FullName}'; allow it (chmod o+x), or take another folder than '{Folder}'");
        }
    }

    // Sessions outlive a killed server for a moment, and a new server refuses to start beside them. Their working directory is the data folder.
    private async Task WaitForOrphansAsync(CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(s_orphanTime);
        while (Directory.GetDirectories("/proc").Any(IsOrphan) && !late.IsCancellationRequested)
            await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken);
    }

    private bool IsOrphan(string process)
    {
        try
        {
            return char.IsAsciiDigit(process[^1]) && Directory.ResolveLinkTarget(Path.Combine(process, "cwd"), returnFinalTarget: false)?.FullName == DataFolder;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false; // it has ended meanwhile, or is somebody else's
        }
    }

    private async Task RunAsync(ChildCommand command, CancellationToken cancellationToken)
    {
        var output = new List<string>();
        using var process = ChildProcess.Start(command, output.Add);
        try
        {
            if (await process.Exited.WaitAsync(cancellationToken) != 0)
                throw new InvalidOperationException($"'{Path.GetFileName(command.Program)}' could not prepare '{Folder}' for PostgreSQL: {string.Join(Environment.NewLine, output)}");
        }
        finally
        {
            if (!process.Exited.IsCompleted)
                process.Kill();
        }
    }
}
