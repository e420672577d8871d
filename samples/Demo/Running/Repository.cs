namespace Demo.Running;

/// <summary>Where the repository and its built programs are.</summary>
/// <param name="Root">Folder with <c>dapr.yaml</c>.</param>
/// <param name="SidecarProgram">The built command-line host of the embedded sidecar.</param>
public sealed record Repository(string Root, string SidecarProgram)
{
    /// <summary>Whether Loyalty, the service in TypeScript, was built: without Node.js the platform runs without it.</summary>
    public bool HasLoyalty => File.Exists(Path.Combine(Root, "services", "Loyalty", "dist", "src", "main.js"));

    /// <summary>Finds both from where this program was built to.</summary>
    /// <exception cref="DemoException">They are not there; the message says what to do.</exception>
    public static Repository Find()
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var root = output;
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "dapr.yaml")))
            root = root.Parent;
        if (root is null)
            throw new DemoException($"no folder above {output.FullName} holds dapr.yaml; run the demo from its repository: ./run demo");

        // Both programs are built side by side: artifacts/bin/<project>/<configuration>.
        var program = Path.Combine(output.Parent!.Parent!.FullName, "Sidecar.Cli", output.Name, "Sidecar.Cli.dll");
        return File.Exists(program)
            ? new Repository(root.FullName, program)
            : throw new DemoException($"{program} is missing; build first: dotnet build platform.slnf -c Release, or ./run demo without --no-build");
    }
}

/// <summary>The demo cannot go on; the message is for the person at the terminal.</summary>
public sealed class DemoException(string message) : Exception(message);
