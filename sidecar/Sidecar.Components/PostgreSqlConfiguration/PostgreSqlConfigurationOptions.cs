using System.Text.RegularExpressions;
using Npgsql;
using Sidecar.Components.PostgreSql;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;

namespace Sidecar.Components.PostgreSqlConfiguration;

/// <summary>Metadata of a <c>configuration.postgresql</c> component; names and defaults are Dapr's.</summary>
internal sealed partial record PostgreSqlConfigurationOptions
{
    private const int LongestName = 64;

    /// <summary><c>connectionString</c>, and the keys that stand for parts of it.</summary>
    public required NpgsqlConnectionStringBuilder Address { get; init; }

    /// <summary><c>table</c>: has the columns <c>key</c>, <c>value</c>, <c>version</c> and <c>metadata</c>; the component does not make it.</summary>
    public required string Table { get; init; }

    /// <summary><c>notifyChannel</c>: where a trigger tells of changes; without it every subscription names one as <c>pgNotifyChannel</c>.</summary>
    public string? NotifyChannel { get; init; }

    /// <summary>What errors call the server.</summary>
    public string Display => $"{Address.Host}:{Address.Port}";

    /// <summary>Reads and checks the metadata.</summary>
    /// <exception cref="ComponentException">A value is missing or wrong.</exception>
    public static PostgreSqlConfigurationOptions Read(Component component)
    {
        var table = component.Text("table");
        if (string.IsNullOrEmpty(table))
            throw new ComponentException(component, "table", "is missing or empty: it names the table with the columns key, value, version and metadata");
        if (table.Length > LongestName || !TableForm().IsMatch(table))
            throw new ComponentException(component, "table", $"is '{table}'; a name has at most {LongestName} ASCII letters, digits and '_', and may have a schema before it, as in public.settings");
        var channel = component.Text("notifyChannel");
        if (channel is not null && !IsChannel(channel))
            throw new ComponentException(component, "notifyChannel", $"is '{channel}'; {ChannelRule}");
        return new PostgreSqlConfigurationOptions { Address = PostgreSqlMetadata.Read(component), Table = table, NotifyChannel = channel };
    }

    public const string ChannelRule = "the name of a channel has only ASCII letters, digits and '_', and no digit in front";

    /// <summary>True for what may follow LISTEN as it is.</summary>
    public static bool IsChannel(string name) => ChannelForm().IsMatch(name);

    [GeneratedRegex(@"^([A-Za-z_]\w*\.)?[A-Za-z_]\w*$", RegexOptions.ECMAScript)]
    private static partial Regex TableForm();

    [GeneratedRegex(@"^[A-Za-z_]\w{0,62}$", RegexOptions.ECMAScript)]
    private static partial Regex ChannelForm();
}
