namespace ApiConformance;

/// <summary>The checkout that the program was built from.</summary>
public static class RepositoryRoot
{
    /// <summary>Its folder.</summary>
    /// <exception cref="InvalidOperationException">There is no checkout above the program.</exception>
    public static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Dapr.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"no Dapr.sln above {AppContext.BaseDirectory}: run this from a checkout");
    }
}
