using System.Text.RegularExpressions;
using Npgsql;
using Sidecar.Components.PostgreSql;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;

namespace Sidecar.Components.PostgreSqlState;

/// <summary>Metadata of a <c>state.postgresql</c> component; names and defaults are Dapr's.</summary>
internal sealed partial record PostgreSqlStateOptions
{
    /// <summary><c>connectionString</c>, and the keys that stand for parts of it.</summary>
    public required NpgsqlConnectionStringBuilder Address { get; init; }

    /// <summary>The tables of <c>spec.version</c>.</summary>
    public required StateTable Table { get; init; }

    /// <summary><c>metadataTableName</c>: where the level of the tables and the last clean-up are kept.</summary>
    public string MetadataTableName { get; init; } = "dapr_metadata";

    /// <summary><c>cleanupInterval</c>: how often lapsed rows are removed; zero or less for never.</summary>
    public TimeSpan CleanupInterval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>What errors call the server.</summary>
    public string Display => $"{Address.Host}:{Address.Port}";

    /// <summary>Reads and checks the metadata.</summary>
    /// <exception cref="ComponentException">A value is missing or wrong, or names what this sidecar does not have.</exception>
    public static PostgreSqlStateOptions Read(Component component)
    {
        return new PostgreSqlStateOptions
        {
            Address = PostgreSqlMetadata.Read(component),
            Table = ReadTable(component),
            MetadataTableName = Identifier(component, "metadataTableName", component.Text("metadataTableName") ?? "dapr_metadata"),
            CleanupInterval = component.Duration(TimeSpan.FromHours(1), "cleanupInterval", "cleanupIntervalInSeconds"),
        };
    }

    private static StateTable ReadTable(Component component)
    {
        switch (component.Version)
        {
            case "v1":
                return new StateTableV1(Identifier(component, "tableName", component.Text("tableName") ?? "state"));
            case "v2":
                var prefix = component.Text("tablePrefix") ?? "";
                return new StateTableV2(Identifier(component, "tablePrefix", prefix + "state"), prefix);
            default:
                throw new ComponentException(component, $"spec.version '{component.Version}' is unknown; there are v1 and v2, whose tables differ");
        }
    }

    private static string Identifier(Component component, string key, string name) => IdentifierForm().IsMatch(name)
        ? name
        : throw new ComponentException(component, key, $"makes the table name '{name}'; a name has only ASCII letters, digits and '_', and may have a schema before it, as in public.state");

    [GeneratedRegex(@"^([A-Za-z_]\w*\.)?[A-Za-z_]\w*$", RegexOptions.ECMAScript)]
    private static partial Regex IdentifierForm();
}
