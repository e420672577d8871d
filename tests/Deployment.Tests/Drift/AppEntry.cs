using Deployment.Tests.Files;

namespace Deployment.Tests.Drift;

/// <summary>An app as one file, or its own code, describes it.</summary>
/// <param name="Id">Its app id.</param>
/// <param name="At">Where the id is said.</param>
/// <param name="Folder">Folder of its code; null where the file does not say, as in k8s/.</param>
internal sealed record AppEntry(string Id, Place At, string? Folder)
{
    /// <summary>The port that the app listens on, and where it is said; null where nothing is said about it.</summary>
    public (string Value, Place At)? Port { get; init; }

    /// <summary>Environment variables that the file gives the app.</summary>
    public IReadOnlyDictionary<string, (string Value, Place At)> Environment { get; init; } = new Dictionary<string, (string, Place)>();
}

/// <summary>All apps that one file names.</summary>
/// <param name="Name">What messages call the list.</param>
/// <param name="Whole">The file or folder, for an app that is missing in it.</param>
internal sealed record AppList(string Name, Place Whole, IReadOnlyList<AppEntry> Apps);
