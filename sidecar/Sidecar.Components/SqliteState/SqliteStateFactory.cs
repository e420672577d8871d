using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;

namespace Sidecar.Components.SqliteState;

/// <summary>Makes <c>state.sqlite</c> components. Sidecars of one host that name the same file share its one writer.</summary>
public sealed class SqliteStateFactory : IComponentFactory
{
    /// <inheritdoc/>
    public string Type => "state.sqlite";

    /// <inheritdoc/>
    public async Task<IAsyncDisposable> CreateAsync(Component component, ComponentContext context, CancellationToken cancellationToken)
    {
        var options = SqliteStateOptions.Read(component, context.DataDirectory);
        var key = options.Address.FullPath ?? $":memory:{context.AppId}/{component.Name}";
        Lease<SqliteDatabase>? lease = null;
        try
        {
            lease = await context.Shared.LeaseAsync(key, () => SqliteDatabase.OpenAsync(options, context.Time));
            var table = new SqliteStateTable(options.TableName, options.MetadataTableName, context.Time);
            if (!options.Address.ReadOnly)
                await lease.Instance.WriteAsync(table.Create, true, options.Timeout, cancellationToken);
            return new SqliteStateStore(lease, table, options, context.Time, context.Loggers);
        }
        catch (Exception error) when (error is SqliteStoreException or IOException or UnauthorizedAccessException)
        {
            if (lease is not null)
                await lease.DisposeAsync();
            throw new ComponentException(component, "connectionString", $"cannot be used: {error.Message}", error);
        }
    }
}
