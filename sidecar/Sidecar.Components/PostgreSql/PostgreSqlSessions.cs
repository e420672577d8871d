using Npgsql;

namespace Sidecar.Components.PostgreSql;

/// <summary>
/// The connections of one component: pooled, shared with other components of the host that name the same server, and looked at before a change when they have been idle,
/// so that a server that went away meanwhile does not cost a change.
/// </summary>
internal sealed class PostgreSqlSessions(NpgsqlDataSource source, string server, TimeProvider time)
{
    private const int Attempts = 6;
    private static readonly TimeSpan s_trusted = TimeSpan.FromSeconds(1);
    private long _lastAnswer = time.GetTimestamp();

    /// <summary>Reads; a lost connection is tried once more, as nothing can have been changed.</summary>
    /// <exception cref="PostgreSqlStoreException">The server cannot be reached, or refuses.</exception>
    public async Task<T> ReadAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var connection = await source.OpenConnectionAsync(cancellationToken);
                var result = await read(connection, cancellationToken);
                _lastAnswer = time.GetTimestamp();
                return result;
            }
            catch (NpgsqlException error)
            {
                if (!GiveUp(error) || attempt > 1)
                    throw new PostgreSqlStoreException(server, error);
            }
        }
    }

    /// <summary>Makes a change; one that the server has undone because of others is made again.</summary>
    /// <exception cref="PostgreSqlStoreException">The server cannot be reached, or refuses.</exception>
    public async Task<T> WriteAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> write, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var connection = await OpenLiveAsync(cancellationToken);
                var result = await write(connection, cancellationToken);
                _lastAnswer = time.GetTimestamp();
                return result;
            }
            catch (PostgresException error) when (attempt < Attempts && PostgreSqlStoreException.IsToRepeat(error))
            {
                // The server has undone the whole change, and has made its caller wait already.
            }
            catch (NpgsqlException error)
            {
                GiveUp(error);
                throw new PostgreSqlStoreException(server, error);
            }
        }
    }

    private async Task<NpgsqlConnection> OpenLiveAsync(CancellationToken cancellationToken)
    {
        var connection = await source.OpenConnectionAsync(cancellationToken);
        if (time.GetElapsedTime(_lastAnswer) < s_trusted)
            return connection;
        try
        {
            await using var question = new NpgsqlCommand("SELECT 1", connection);
            await question.ExecuteScalarAsync(cancellationToken);
            return connection;
        }
        catch (NpgsqlException error) when (PostgreSqlStoreException.IsConnectionLost(error))
        {
            await connection.DisposeAsync();
            source.Clear();
            return await source.OpenConnectionAsync(cancellationToken);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    // When one connection is gone the others of the pool most likely are too.
    private bool GiveUp(NpgsqlException error)
    {
        if (!PostgreSqlStoreException.IsConnectionLost(error))
            return false;
        source.Clear();
        return true;
    }
}
