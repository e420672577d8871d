using System.Diagnostics;
using Conformance;

namespace Platform.Tests.Runbooks;

/// <summary>One shell for a whole page, so that a variable stays set. <c>sidecar</c> means the run of the platform under test.</summary>
internal sealed class OperatorShell : IDisposable
{
    private const string End = "\u001e";
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly Process _shell;

    public OperatorShell(RunningPlatform platform)
    {
        var start = new ProcessStartInfo("sh") { WorkingDirectory = Checkout.Root, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DAPR_API_TOKEN"] = platform.ApiToken;
        start.Environment["SIDECAR"] = Path.Combine(Checkout.Root, "artifacts", "bin", "Sidecar.Cli", "release", "Sidecar.Cli.dll");
        start.Environment["DATA"] = platform.DirectoryPath;
        start.Environment["NO_COLOR"] = "1";
        _shell = Process.Start(start)!;
        _shell.StandardInput.WriteLine("""sidecar() { dotnet "$SIDECAR" "$@" --data-dir "$DATA"; }""");
    }

    /// <summary>Runs a command and says its exit code and what it printed.</summary>
    public async Task<(int ExitCode, IReadOnlyList<string> Output)> RunAsync(string command)
    {
        // What it would read is nobody's: the commands that follow come by the same way.
        await _shell.StandardInput.WriteLineAsync($"{{ {command}\n}} 2>&1 </dev/null; printf '\\n{End}%s\\n' \"$?\"");
        await _shell.StandardInput.FlushAsync();
        var output = new List<string>();
        using var patience = new CancellationTokenSource(_patience);
        while (await _shell.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            if (line.StartsWith(End, StringComparison.Ordinal))
            {
                return (int.Parse(line[End.Length..], System.Globalization.CultureInfo.InvariantCulture), output);
            }

            output.Add(line);
        }

        throw new InvalidOperationException($"the shell ended at '{command}': {await _shell.StandardError.ReadToEndAsync(CancellationToken.None)}");
    }

    public void Dispose()
    {
        if (!_shell.HasExited)
        {
            _shell.Kill(entireProcessTree: true);
        }

        _shell.Dispose();
    }
}
