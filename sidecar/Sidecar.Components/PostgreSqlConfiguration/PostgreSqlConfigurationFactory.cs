using Microsoft.Extensions.Logging;
using Npgsql;
using Sidecar.Components.PostgreSql;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;

namespace Sidecar.Components.PostgreSqlConfiguration;

/// <summary>Makes <c>configuration.postgresql</c>.</summary>
public sealed partial class PostgreSqlConfigurationFactory : IComponentFactory
{
    /// <inheritdoc/>
    public string Type => "configuration.postgresql";

    /// <inheritdoc/>
    public async Task<IAsyncDisposable> CreateAsync(Component component, ComponentContext context, CancellationToken cancellationToken)
    {
        var options = PostgreSqlConfigurationOptions.Read(component);
        var logger = context.Loggers.CreateLogger("configuration.postgresql");
        var lease = await context.Shared.LeaseAsync(options.Address.ConnectionString, () => Task.FromResult(NpgsqlDataSource.Create(options.Address)));
        try
        {
            await PatientOpening.RunAsync(component, options.Display, lease.Instance, async (connection, token) =>
            {
                await using var question = new NpgsqlCommand("SELECT to_regclass($1) IS NOT NULL", connection) { Parameters = { new() { Value = options.Table } } };
                if (await question.ExecuteScalarAsync(token) is not true)
                    LogNoTable(logger, component.Name, options.Table);
            }, cancellationToken);
            return new PostgreSqlConfigurationStore(lease, options, context.Time, logger);
        }
        catch
        {
            await lease.DisposeAsync();
            throw;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Component {Component}: the table {Table} does not exist yet; make it with the columns key, value, version (text) and metadata (json)")]
    private static partial void LogNoTable(ILogger logger, string component, string table);
}
