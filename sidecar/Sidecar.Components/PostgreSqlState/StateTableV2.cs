using System.Runtime.InteropServices;
using Npgsql;
using NpgsqlTypes;
using Sidecar.Runtime.State;

namespace Sidecar.Components.PostgreSqlState;

/// <summary>Version 2: bytes as they are, a random UUID as ETag.</summary>
internal sealed class StateTableV2(string name, string prefix) : StateTable(name, "key, value, etag, expires_at", "expires_at")
{
    private const string Assignments = "value = excluded.value, updated_at = now(), etag = excluded.etag, expires_at = excluded.expires_at";

    private static readonly string s_live = Live("expires_at");

    private readonly string _upsert = Upsert(name);
    private readonly string _first = First(name);
    private readonly string _firstGuarded = Guard(First(name));
    private readonly string _update = Update(name);
    private readonly string _updateGuarded = Guard(Update(name));
    private readonly string _delete = DeleteOne(name);
    private readonly string _deleteGuarded = Guard(DeleteOne(name));

    /// <inheritdoc/>
    public override string MigrationsKey => $"migrations-state-v2-{prefix}";

    /// <inheritdoc/>
    public override string LastCleanupKey => $"last-cleanup-state-v2-{prefix}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Migrations { get; } =
    [
        $"""
        CREATE TABLE IF NOT EXISTS {name} (
            key text NOT NULL PRIMARY KEY,
            value bytea NOT NULL,
            etag uuid NOT NULL DEFAULT gen_random_uuid(),
            created_at timestamp with time zone NOT NULL DEFAULT now(),
            updated_at timestamp with time zone,
            expires_at timestamp with time zone
        );
        CREATE INDEX ON {name} (expires_at);
        CREATE INDEX ON {name} (key text_pattern_ops);
        """,
        RowIdMigration.For(name, "created_at"),
    ];

    /// <inheritdoc/>
    public override StateItem Read(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetFieldValue<byte[]>(1), row.GetGuid(2).ToString(), row.IsDBNull(3) ? null : new DateTimeOffset(row.GetDateTime(3)));

    /// <inheritdoc/>
    protected override NpgsqlBatchCommand Set(SetState set, bool guarded)
    {
        var hasETag = !string.IsNullOrEmpty(set.ETag);
        var command = new NpgsqlBatchCommand(
            hasETag ? guarded ? _updateGuarded : _update : !set.FirstWrite ? _upsert : guarded ? _firstGuarded : _first);
        command.Parameters.Add(Text(set.Key));
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = Bytes(set.Value), NpgsqlDbType = NpgsqlDbType.Bytea });
        command.Parameters.Add(TimeToLive(set));
        if (hasETag)
            command.Parameters.Add(ETag(set.Key, set.ETag!));
        return command;
    }

    /// <inheritdoc/>
    protected override NpgsqlBatchCommand DeleteVersion(string key, string etag, bool guarded) =>
        new(guarded ? _deleteGuarded : _delete) { Parameters = { Text(key), ETag(key, etag) } };

    // The whole of an array is what nearly every caller gives.
    private static byte[] Bytes(ReadOnlyMemory<byte> value) =>
        MemoryMarshal.TryGetArray(value, out var segment) && segment.Array is { } array && segment.Offset == 0 && segment.Count == array.Length ? array : value.ToArray();

    private static NpgsqlParameter<Guid> ETag(string key, string etag) =>
        Guid.TryParse(etag, out var version) ? new NpgsqlParameter<Guid> { TypedValue = version } : throw new ETagMismatchException(key);

    private static string Upsert(string table) =>
        $"INSERT INTO {table} AS t (key, value, etag, expires_at) VALUES ($1, $2, gen_random_uuid(), now() + make_interval(secs => $3)) ON CONFLICT (key) DO UPDATE SET {Assignments}";

    // A row that has lapsed counts as missing.
    private static string First(string table) => $"{Upsert(table)} WHERE t.expires_at IS NOT NULL AND t.expires_at < now()";

    private static string Update(string table) =>
        $"UPDATE {table} SET value = $2, updated_at = now(), etag = gen_random_uuid(), expires_at = now() + make_interval(secs => $3) WHERE key = $1 AND etag = $4 AND {s_live}";

    private static string DeleteOne(string table) => $"DELETE FROM {table} WHERE key = $1 AND etag = $2 AND {s_live}";
}
