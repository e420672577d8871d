using System.Diagnostics;
using Deployment.Tests.Files;

namespace Deployment.Tests.Scripts;

/// <summary>
/// A copy of what the scripts of <c>deploy/</c> read, and stand-ins for every program that they call: each notes its call and answers as the real one does where all goes well. Nothing leaves the folder.
/// </summary>
internal sealed class Workbench : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("deploy-");
    private readonly string _programs;
    private readonly string _calls;

    public Workbench()
    {
        Copy("deploy");
        Copy("k8s");
        foreach (var project in Directory.EnumerateFiles(Path.Combine(Checkout.Root, "services"), "*.csproj", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Path.Combine(Checkout.Root, "workflows"), "*.csproj", SearchOption.AllDirectories)))
        {
            var copy = Path.Combine(Root, Path.GetRelativePath(Checkout.Root, project));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(project, copy);
        }

        _calls = Path.Combine(_folder.FullName, "calls");
        File.WriteAllText(_calls, "");
        _programs = Directory.CreateDirectory(Path.Combine(_folder.FullName, "programs")).FullName;
        foreach (var program in (string[])["az", "curl", "docker", "dotnet", "git", "helm", "kind", "kubectl", "kubelogin", "skopeo"])
        {
            Install(program);
        }
    }

    /// <summary>The copy of the checkout.</summary>
    public string Root => Path.Combine(_folder.FullName, "checkout");

    public string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>Takes a program away.</summary>
    public void Uninstall(string program) => File.Delete(Path.Combine(_programs, program));

    /// <summary>
    /// Runs a script of <c>deploy/</c>. <paramref name="failing"/> is a part of the one call that fails; <paramref name="answers"/> are lines "part of a call => answer" that win over the usual answers.
    /// </summary>
    public async Task<ScriptRun> RunAsync(string script, string[] arguments, string failing = "", string input = "", params string[] answers)
    {
        await File.WriteAllTextAsync(_calls, "");
        var answered = Path.Combine(_folder.FullName, "answers");
        await File.WriteAllLinesAsync(answered, answers);
        var start = new ProcessStartInfo("bash")
        {
            WorkingDirectory = _folder.FullName,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.Combine(Root, "deploy", script));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // The system's own tools, and of everything else the stand-ins alone.
        start.Environment["PATH"] = $"{_programs}:{SystemTools()}";
        start.Environment["CALLS"] = _calls;
        start.Environment["FAILING"] = failing;
        start.Environment["ANSWERS"] = answered;
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(s_patience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
        }

        return new ScriptRun(process.ExitCode, await output, await error, await File.ReadAllLinesAsync(_calls));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>A folder that holds the few tools of every system which the scripts use, so that a cluster's real tools are out of reach.</summary>
    private string SystemTools()
    {
        var tools = Path.Combine(_folder.FullName, "tools");
        if (!Directory.Exists(tools))
        {
            Directory.CreateDirectory(tools);
            string[] names = ["awk", "basename", "bash", "cat", "cut", "date", "dirname", "env", "grep", "head", "mkdir", "openssl", "rm", "sed", "sleep", "sort", "tail", "tr", "wc"];
            foreach (var name in names)
            {
                var real = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/bin").Append("/bin")
                    .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
                if (real is not null)
                {
                    File.CreateSymbolicLink(Path.Combine(tools, name), real);
                }
            }
        }

        return tools;
    }

    private void Install(string program)
    {
        var path = Path.Combine(_programs, program);
        File.WriteAllText(path, Checkout.Here.Read("tests/Deployment.Tests/Scripts/stand-in"));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private void Copy(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Checkout.Root, folder), "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(Root, Path.GetRelativePath(Checkout.Root, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
