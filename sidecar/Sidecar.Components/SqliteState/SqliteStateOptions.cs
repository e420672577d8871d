using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;

namespace Sidecar.Components.SqliteState;

/// <summary>Metadata of a <c>state.sqlite</c> component; names and defaults are Dapr's.</summary>
internal sealed record SqliteStateOptions
{
    /// <summary><c>connectionString</c>.</summary>
    public required SqliteAddress Address { get; init; }

    /// <summary><c>timeout</c>: how long a write may wait for its turn.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary><c>busyTimeout</c>: how long to wait for another process's write lock.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary><c>disableWAL</c>: roll-back journal in place of the write-ahead log.</summary>
    public bool DisableWal { get; init; }

    /// <summary><c>tableName</c>.</summary>
    public string TableName { get; init; } = "state";

    /// <summary><c>metadataTableName</c>.</summary>
    public string MetadataTableName { get; init; } = "metadata";

    /// <summary><c>cleanupInterval</c>: how often lapsed rows are removed; zero or less for never.</summary>
    public TimeSpan CleanupInterval { get; init; }

    /// <summary>Reads and checks the metadata.</summary>
    /// <exception cref="ComponentException">A value is missing or wrong.</exception>
    public static SqliteStateOptions Read(Component component, string directory)
    {
        var defaults = new SqliteStateOptions { Address = ReadAddress(component, directory) };
        var timeout = component.Duration(defaults.Timeout, "timeout", "timeoutInSeconds");
        if (timeout < TimeSpan.FromSeconds(1))
            throw new ComponentException(component, "timeout", $"is {timeout}, and must be at least one second");
        return defaults with
        {
            Timeout = timeout,
            BusyTimeout = component.Duration(defaults.BusyTimeout, "busyTimeout"),
            DisableWal = component.Flag("disableWAL"),
            TableName = Identifier(component, "tableName", defaults.TableName),
            MetadataTableName = Identifier(component, "metadataTableName", defaults.MetadataTableName),
            CleanupInterval = component.Duration(defaults.CleanupInterval, "cleanupInterval", "cleanupIntervalInSeconds"),
        };
    }

    private static SqliteAddress ReadAddress(Component component, string directory)
    {
        try
        {
            return SqliteAddress.Parse(component.RequiredText("connectionString", "url"), directory);
        }
        catch (FormatException error)
        {
            throw new ComponentException(component, "connectionString", error.Message, error);
        }
    }

    private static string Identifier(Component component, string key, string fallback)
    {
        var name = component.Text(key) ?? fallback;
        if (!name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
            throw new ComponentException(component, key, $"is '{name}'; a table name has only ASCII letters, digits and '_'");
        return name;
    }
}
