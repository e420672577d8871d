using System.Diagnostics;

namespace Protocol.Tests.JavaScript;

/// <summary>The npm packages of the <c>js</c> folder, installed once into a temporary copy of it.</summary>
public sealed class NodePackages : IDisposable
{
    private readonly SemaphoreSlim _installing = new(1);
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"protocol-tests-{Guid.NewGuid():N}");
    private bool _installed;

    public void Dispose()
    {
        _installing.Dispose();
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Runs a script to its end and returns what it printed; a failing script throws with its output.</summary>
    public async Task<string> RunAsync(string script, params string[] arguments)
    {
        using var process = await StartAsync(script, arguments);
        process.StandardInput.Close();
        return await FinishAsync(process, script);
    }

    /// <summary>Starts a script; the caller reads its output and ends it by closing its input.</summary>
    public async Task<Process> StartAsync(string script, params string[] arguments)
    {
        await InstallAsync();
        return Start("node", [script, .. arguments]);
    }

    /// <summary>The temporary folder, its packages installed.</summary>
    public async Task<string> FolderAsync()
    {
        await InstallAsync();
        return _folder;
    }

    private async Task InstallAsync()
    {
        await _installing.WaitAsync();
        try
        {
            if (_installed)
                return;
            Directory.CreateDirectory(_folder);
            foreach (var file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "js")))
                File.Copy(file, Path.Combine(_folder, Path.GetFileName(file)), overwrite: true);
            using var process = Start(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", ["ci", "--ignore-scripts", "--no-fund", "--no-audit"]);
            process.StandardInput.Close();
            await FinishAsync(process, "npm ci");
            _installed = true;
        }
        finally
        {
            _installing.Release();
        }
    }

    private Process Start(string program, string[] arguments) => Process.Start(new ProcessStartInfo(program, arguments)
    {
        WorkingDirectory = _folder,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    private static async Task<string> FinishAsync(Process process, string what)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode == 0 ? await output : throw new InvalidOperationException($"{what} ended with {process.ExitCode}:\n{await output}\n{await errors}");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }
}
