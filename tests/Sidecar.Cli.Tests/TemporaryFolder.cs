namespace Sidecar.Cli.Tests;

/// <summary>A folder that one test has to itself.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("sidecar-cli-").FullName;

    public string this[params string[] parts] => System.IO.Path.Combine([Path, .. parts]);

    public TemporaryFolder WithFolder(params string[] parts)
    {
        Directory.CreateDirectory(this[parts]);
        return this;
    }

    public TemporaryFolder WithFile(string name, string text)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(this[name])!);
        File.WriteAllText(this[name], text);
        return this;
    }

    public TemporaryFolder WithExecutable(string name)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(this[name], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return this;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
