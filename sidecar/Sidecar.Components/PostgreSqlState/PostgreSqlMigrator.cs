using System.Globalization;
using Npgsql;

namespace Sidecar.Components.PostgreSqlState;

/// <summary>
/// Brings a table to the level this version knows, as <c>daprd</c> does: the level is a row of the metadata table, and a lock on another row of it keeps
/// two sidecars, of either kind, from doing it at once.
/// </summary>
internal sealed class PostgreSqlMigrator(StateTable table, string metadataTable)
{
    private const int Attempts = 5;

    /// <summary>Makes what is missing; everything in one transaction.</summary>
    /// <exception cref="NpgsqlException">The server refuses.</exception>
    /// <exception cref="InvalidDataException">The level that is kept makes no sense.</exception>
    public async Task RunAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await MakeMetadataTableAsync(connection, cancellationToken);
        await ExecuteAsync(connection, $"INSERT INTO {metadataTable} (key, value) VALUES ('lock', 'lock') ON CONFLICT (key) DO NOTHING", cancellationToken);

        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, $"SELECT value FROM {metadataTable} WHERE key = 'lock' FOR UPDATE", cancellationToken);
        var level = await ReadLevelAsync(connection, cancellationToken);
        for (; level < table.Migrations.Count; level++)
        {
            await ExecuteAsync(connection, table.Migrations[level], cancellationToken);
            await using var command = new NpgsqlCommand(
                $"INSERT INTO {metadataTable} (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value", connection)
            {
                Parameters = { new() { Value = table.MigrationsKey }, new() { Value = (level + 1).ToString(CultureInfo.InvariantCulture) } },
            };
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var exists = new NpgsqlCommand("SELECT to_regclass($1) IS NOT NULL", connection) { Parameters = { new() { Value = table.Name } } };
        if (await exists.ExecuteScalarAsync(cancellationToken) is not true)
        {
            throw new InvalidDataException(
                $"the table '{metadataTable}' says that the state table was made, but there is no table '{table.Name}'; give each state table a metadata table of its own (metadataTableName)");
        }

        await transaction.CommitAsync(cancellationToken);
    }

    // Two sidecars that make the same table at once may meet in the server's catalogue in spite of IF NOT EXISTS.
    private async Task MakeMetadataTableAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await ExecuteAsync(connection, $"CREATE TABLE IF NOT EXISTS {metadataTable} (key text NOT NULL PRIMARY KEY, value text NOT NULL)", cancellationToken);
                return;
            }
            catch (PostgresException error) when (attempt < Attempts && error.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DuplicateTable or PostgresErrorCodes.DuplicateObject)
            {
                // The other one has made it by now, or will have at the next look.
            }
        }
    }

    private async Task<int> ReadLevelAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"SELECT value FROM {metadataTable} WHERE key = $1", connection) { Parameters = { new() { Value = table.MigrationsKey } } };
        return await command.ExecuteScalarAsync(cancellationToken) switch
        {
            null => 0,
            string text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var level) => level,
            var other => throw new InvalidDataException($"the row '{table.MigrationsKey}' of '{metadataTable}' holds '{other}', which is no level; restore it"),
        };
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string statements, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(statements, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
