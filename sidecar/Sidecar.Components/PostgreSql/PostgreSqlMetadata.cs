using System.Globalization;
using Npgsql;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;

namespace Sidecar.Components.PostgreSql;

/// <summary>What every component on PostgreSQL is told of its server; names and defaults are Dapr's.</summary>
internal static class PostgreSqlMetadata
{
    /// <summary>Reads and checks <c>connectionString</c>, the keys that stand for parts of it, <c>timeout</c> and the pool's settings.</summary>
    /// <exception cref="ComponentException">A value is missing or wrong, or names what this sidecar does not have.</exception>
    public static NpgsqlConnectionStringBuilder Read(Component component)
    {
        foreach (var key in (string[])["useAzureAD", "useAWSIAM"])
        {
            if (component.Flag(key))
                throw new ComponentException(component, key, "asks for a cloud's sign-in, which the embedded sidecar does not have; give user and password, or run on daprd");
        }

        var timeout = component.Duration(TimeSpan.FromSeconds(20), "timeout", "timeoutInSeconds");
        if (timeout < TimeSpan.FromSeconds(1))
            throw new ComponentException(component, "timeout", $"is {timeout}, and must be at least one second");
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
        if (component.Duration(TimeSpan.Zero, "connectionMaxIdleTime", "connMaxIdleTime") is { Ticks: > 0 } idle)
            address.ConnectionIdleLifetime = (int)Math.Ceiling(idle.TotalSeconds);
        address.ConnectionPruningInterval = Math.Min(address.ConnectionPruningInterval, Math.Max(1, address.ConnectionIdleLifetime));
        if (component.Text("queryExecMode") is { } mode)
            PostgreSqlAddress.ApplyExecMode(address, mode);
        return address;
    }
}
