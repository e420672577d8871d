using Npgsql;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;

namespace Sidecar.Components.PostgreSqlState;

/// <summary>Makes <c>state.postgresql</c> components of both versions. Sidecars of one host that name the same server share one pool of connections.</summary>
public sealed class PostgreSqlStateFactory : IComponentFactory
{
    private static readonly TimeSpan s_firstWait = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_longestWait = TimeSpan.FromMilliseconds(500);

    /// <inheritdoc/>
    public string Type => "state.postgresql";

    /// <inheritdoc/>
    public async Task<IAsyncDisposable> CreateAsync(Component component, ComponentContext context, CancellationToken cancellationToken)
    {
        var options = PostgreSqlStateOptions.Read(component);
        var lease = await context.Shared.LeaseAsync(options.Address.ConnectionString, () => Task.FromResult(NpgsqlDataSource.Create(options.Address)));
        try
        {
            await PrepareAsync(component, options, lease.Instance, cancellationToken);
            return new PostgreSqlStateStore(lease, options, context.Time, context.Loggers);
        }
        catch
        {
            await lease.DisposeAsync();
            throw;
        }
    }

    // A server that is starting, or full for the moment, gets the time that initTimeout gives, less what it takes to say so; a refusal is final.
    private static async Task PrepareAsync(Component component, PostgreSqlStateOptions options, NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(component.InitTimeout * 0.95);
        var migrator = new PostgreSqlMigrator(options.Table, options.MetadataTableName);
        Exception last = new TimeoutException("it does not answer; is the address right, and does a firewall let it through?");
        try
        {
            for (var wait = s_firstWait; ; wait = wait * 2 < s_longestWait ? wait * 2 : s_longestWait)
            {
                try
                {
                    await using var connection = await OpenAsync(source, limit.Token);
                    await migrator.RunAsync(connection, limit.Token);
                    return;
                }
                catch (Exception error) when (PostgreSqlStoreException.IsPassing(error))
                {
                    last = error;
                }

                await Task.Delay(wait, limit.Token);
            }
        }
        catch (Exception error) when (error is NpgsqlException or InvalidDataException)
        {
            throw Unusable(component, options, error, "");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unusable(component, options, last, $" within {component.InitTimeout.TotalSeconds:0.#} s (spec.initTimeout)");
        }
    }

    // The driver does not give up a handshake when it is told to; its own time limit ends that one later.
    private static async Task<NpgsqlConnection> OpenAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        var opening = source.OpenConnectionAsync(cancellationToken).AsTask();
        try
        {
            return await opening.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            _ = opening.ContinueWith(late => late.Result.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            throw;
        }
    }

    private static ComponentException Unusable(Component component, PostgreSqlStateOptions options, Exception error, string when) =>
        new(component, "connectionString", $"cannot be used{when}: {new PostgreSqlStoreException(options.Display, error).Message}", error);
}
