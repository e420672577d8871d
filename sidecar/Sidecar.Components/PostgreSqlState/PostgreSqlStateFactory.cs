using Npgsql;
using Sidecar.Components.PostgreSql;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;

namespace Sidecar.Components.PostgreSqlState;

/// <summary>Makes <c>state.postgresql</c> components of both versions. Sidecars of one host that name the same server share one pool of connections.</summary>
public sealed class PostgreSqlStateFactory : IComponentFactory
{
    /// <inheritdoc/>
    public string Type => "state.postgresql";

    /// <inheritdoc/>
    public async Task<IAsyncDisposable> CreateAsync(Component component, ComponentContext context, CancellationToken cancellationToken)
    {
        var options = PostgreSqlStateOptions.Read(component);
        var lease = await context.Shared.LeaseAsync(options.Address.ConnectionString, () => Task.FromResult(NpgsqlDataSource.Create(options.Address)));
        try
        {
            await PatientOpening.RunAsync(component, options.Display, lease.Instance, new PostgreSqlMigrator(options.Table, options.MetadataTableName).RunAsync, cancellationToken);
            return new PostgreSqlStateStore(lease, options, context.Time, context.Loggers);
        }
        catch
        {
            await lease.DisposeAsync();
            throw;
        }
    }
}
