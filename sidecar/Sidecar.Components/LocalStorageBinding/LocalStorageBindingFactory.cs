using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;

namespace Sidecar.Components.LocalStorageBinding;

/// <summary>Makes <c>bindings.localstorage</c>.</summary>
public sealed class LocalStorageBindingFactory : IComponentFactory
{
    private static readonly string[] s_forbidden = ["/proc", "/sys", "/boot", "/var/run/secrets"];

    /// <inheritdoc/>
    public string Type => "bindings.localstorage";

    /// <inheritdoc/>
    public Task<IAsyncDisposable> CreateAsync(Component component, ComponentContext context, CancellationToken cancellationToken)
    {
        var root = Path.GetFullPath(component.RequiredText("rootPath"), context.DataDirectory);
        try
        {
            // A link must not lead to where the path itself may not.
            root = Resolved(root);
            if (Array.Exists(s_forbidden, place => root == place || root.StartsWith(place + "/", StringComparison.Ordinal)))
                throw new ComponentException(component, "rootPath", $"points to a disallowed location: {root}");
            if (File.Exists(root))
                throw new ComponentException(component, "rootPath", $"is a file and not a directory: {root}");
            Directory.CreateDirectory(root);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ComponentException(component, "rootPath", $"cannot be used: {error.Message}", error);
        }

        return Task.FromResult<IAsyncDisposable>(new LocalStorageOutputBinding(root));
    }

    private static string Resolved(string path)
    {
        var missing = "";
        for (var existing = new DirectoryInfo(path); ; existing = existing.Parent!)
        {
            if (existing.Exists || existing.Parent is null)
                return Path.Combine(existing.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? existing.FullName, missing);
            missing = Path.Combine(existing.Name, missing);
        }
    }
}
