using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;
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

    /// <summary><c>timeout</c>: how long an operation may take, and wait for a connection.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary><c>cleanupInterval</c>: how often lapsed rows are removed; zero or less for never.</summary>
    public TimeSpan CleanupInterval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>What errors call the server.</summary>
    public string Display => $"{Address.Host}:{Address.Port}";

    /// <summary>Reads and checks the metadata.</summary>
    /// <exception cref="ComponentException">A value is missing or wrong, or names what this sidecar does not have.</exception>
    public static PostgreSqlStateOptions Read(Component component)
    {
        foreach (var key in (string[])["useAzureAD", "useAWSIAM"])
        {
            if (component.Flag(key))
                throw new ComponentException(component, key, "asks for a cloud's sign-in, which the embedded sidecar does not have; give user and password, or run on daprd");
        }

        var timeout = component.Duration(TimeSpan.FromSeconds(20), "timeout", "timeoutInSeconds");
        if (timeout < TimeSpan.FromSeconds(1))
            throw new ComponentException(component, "timeout", $"is {timeout}, and must be at least one second");
        return new PostgreSqlStateOptions
        {
            Address = ReadAddress(component, timeout),
            Table = ReadTable(component),
            MetadataTableName = Identifier(component, "metadataTableName", component.Text("metadataTableName") ?? "dapr_metadata"),
            Timeout = timeout,
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

    private static NpgsqlConnectionStringBuilder ReadAddress(Component component, TimeSpan timeout)
    {
        try
        {
            var keywords = PostgreSqlAddress.Parse(component.Text("connectionString", "url") ?? "");
            foreach (var key in (string[])["host", "hostaddr", "port", "database", "user", "password", "sslRootCert"])
            {
                if (component.Text(key) is { } value)
                    keywords[key.ToLowerInvariant()] = value;
            }

            if (keywords.ContainsKey("database"))
                keywords.Remove("dbname");
            if (keywords.Count == 0)
                throw new FormatException("is missing or empty; add it under spec.metadata");
            return ReadPool(component, keywords, timeout);
        }
        catch (FormatException error)
        {
            throw new ComponentException(component, "connectionString", error.Message, error);
        }
    }

    private static NpgsqlConnectionStringBuilder ReadPool(Component component, Dictionary<string, string> keywords, TimeSpan timeout)
    {
        // No session of ours has a state to reset, and everything said is one of a few statements, which are prepared at their second use.
        var address = PostgreSqlAddress.ToNpgsql(keywords);
        address.NoResetOnClose = true;
        address.Enlist = false;
        address.TcpKeepAlive = true;
        address.IncludeFailedBatchedCommand = true; // tells which key of a transaction was refused
        address.CommandTimeout = (int)Math.Ceiling(timeout.TotalSeconds);
        if (!keywords.ContainsKey("connect_timeout") || address.Timeout == 0)
            address.Timeout = Math.Min(address.CommandTimeout, 1024);
        if (!keywords.ContainsKey("statement_cache_capacity"))
            address.MaxAutoPrepare = 32;
        address.AutoPrepareMinUsages = 2;
        if (!keywords.ContainsKey("pool_max_conns"))
            address.MaxPoolSize = Math.Max(16, 4 * Environment.ProcessorCount);
        if (component.Text("maxConns") is { } most)
        {
            if (!int.TryParse(most, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var connections))
                throw new ComponentException(component, "maxConns", $"is '{most}', which is no number");
            if (connections > 1)
                address.MaxPoolSize = Math.Min(connections, 1024);
        }

        address.MinPoolSize = Math.Min(address.MinPoolSize, address.MaxPoolSize);
        if (component.Duration(TimeSpan.Zero, "connectionMaxIdleTime") is { Ticks: > 0 } idle)
            address.ConnectionIdleLifetime = (int)Math.Ceiling(idle.TotalSeconds);
        address.ConnectionPruningInterval = Math.Min(address.ConnectionPruningInterval, Math.Max(1, address.ConnectionIdleLifetime));
        if (component.Text("queryExecMode") is { } mode)
            PostgreSqlAddress.ApplyExecMode(address, mode);
        return address;
    }

    private static string Identifier(Component component, string key, string name) => IdentifierForm().IsMatch(name)
        ? name
        : throw new ComponentException(component, key, $"makes the table name '{name}'; a name has only ASCII letters, digits and '_', and may have a schema before it, as in public.state");

    [GeneratedRegex(@"^([A-Za-z_]\w*\.)?[A-Za-z_]\w*$", RegexOptions.ECMAScript)]
    private static partial Regex IdentifierForm();
}
