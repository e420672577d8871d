namespace Conformance;

/// <summary>The checkout that the tests were built from.</summary>
public static class Checkout
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "dapr.yaml")))
            {
                return directory.FullName;
            }
        }

        throw new InvalidOperationException($"no dapr.yaml above {AppContext.BaseDirectory}: these tests run from a checkout");
    }
}
