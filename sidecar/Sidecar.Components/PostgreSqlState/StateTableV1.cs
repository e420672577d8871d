using System.Buffers.Text;
using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using Sidecar.Runtime.State;

namespace Sidecar.Components.PostgreSqlState;

/// <summary>Version 1: JSON as <c>jsonb</c>, other bytes as a JSON string of Base64 with <c>isbinary</c>; the ETag is the row's <c>xmin</c>.</summary>
internal sealed class StateTableV1(string name) : StateTable(name, "key, value, isbinary, xmin, expiredate", "expiredate")
{
    private const string Assignments = "value = excluded.value, isbinary = excluded.isbinary, updatedate = now(), expiredate = excluded.expiredate";

    private static readonly string s_live = Live("expiredate");

    private readonly string _upsert = Upsert(name);
    private readonly string _first = First(name);
    private readonly string _firstGuarded = Guard(First(name));
    private readonly string _update = Update(name);
    private readonly string _updateGuarded = Guard(Update(name));
    private readonly string _delete = DeleteOne(name);
    private readonly string _deleteGuarded = Guard(DeleteOne(name));

    /// <inheritdoc/>
    public override string MigrationsKey => "migrations";

    /// <inheritdoc/>
    public override string LastCleanupKey => "last-cleanup";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Capabilities { get; } = ["ETAG", "TRANSACTIONAL", "QUERY_API", "TTL", "KEYS_LIKE"];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Migrations { get; } =
    [
        $"""
        CREATE TABLE IF NOT EXISTS {name} (
            key text NOT NULL PRIMARY KEY,
            value jsonb NOT NULL,
            isbinary boolean NOT NULL,
            insertdate timestamp with time zone NOT NULL DEFAULT now(),
            updatedate timestamp with time zone NULL
        );
        CREATE INDEX ON {name} (key text_pattern_ops);
        """,
        $"ALTER TABLE {name} ADD expiredate timestamp with time zone",
        RowIdMigration.For(name, "insertdate"),
    ];

    /// <inheritdoc/>
    public override StateItem Read(NpgsqlDataReader row)
    {
        var value = row.GetFieldValue<byte[]>(1);
        return new StateItem(
            row.GetString(0),
            row.GetBoolean(2) ? Decode(value) : value,
            row.GetFieldValue<uint>(3).ToString(CultureInfo.InvariantCulture),
            row.IsDBNull(4) ? null : new DateTimeOffset(row.GetDateTime(4)));
    }

    /// <inheritdoc/>
    protected override NpgsqlBatchCommand Set(SetState set, bool guarded)
    {
        var hasETag = !string.IsNullOrEmpty(set.ETag);
        // jsonb cannot hold the code point zero, which JSON text can spell.
        var isJson = set.IsJson && !set.Value.Span.Contains((byte)'\0') && set.Value.Span.IndexOf("\\u0000"u8) < 0;
        var command = new NpgsqlBatchCommand(
            hasETag ? guarded ? _updateGuarded : _update : !set.FirstWrite ? _upsert : guarded ? _firstGuarded : _first);
        command.Parameters.Add(Text(set.Key));
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = isJson ? set.Value.ToArray() : Encode(set.Value.Span), NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = !isJson });
        command.Parameters.Add(TimeToLive(set));
        if (hasETag)
            command.Parameters.Add(ETag(set.Key, set.ETag!));
        return command;
    }

    /// <inheritdoc/>
    protected override NpgsqlBatchCommand DeleteVersion(string key, string etag, bool guarded) =>
        new(guarded ? _deleteGuarded : _delete) { Parameters = { Text(key), ETag(key, etag) } };

    private static byte[] Encode(ReadOnlySpan<byte> value)
    {
        var text = new byte[Base64.GetMaxEncodedToUtf8Length(value.Length) + 2];
        text[0] = text[^1] = (byte)'"';
        Base64.EncodeToUtf8(value, text.AsSpan(1, text.Length - 2), out _, out _);
        return text;
    }

    private static byte[] Decode(ReadOnlySpan<byte> text)
    {
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        if (text is not [(byte)'"', .. var inner, (byte)'"'] || Base64.DecodeFromUtf8(inner, bytes, out _, out var written) != System.Buffers.OperationStatus.Done)
            throw new InvalidDataException("a row marked isbinary does not hold a string of Base64");
        return bytes.AsSpan(0, written).ToArray();
    }

    private static NpgsqlParameter<uint> ETag(string key, string etag) => uint.TryParse(etag, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
        ? new NpgsqlParameter<uint> { TypedValue = version, NpgsqlDbType = NpgsqlDbType.Xid }
        : throw new InvalidETagException(key, etag);

    private static string Upsert(string table) =>
        $"INSERT INTO {table} AS t (key, value, isbinary, expiredate) VALUES ($1, $2, $3, now() + make_interval(secs => $4)) ON CONFLICT (key) DO UPDATE SET {Assignments}";

    // A row that has lapsed counts as missing.
    private static string First(string table) => $"{Upsert(table)} WHERE t.expiredate IS NOT NULL AND t.expiredate < now()";

    private static string Update(string table) =>
        $"UPDATE {table} SET value = $2, isbinary = $3, updatedate = now(), expiredate = now() + make_interval(secs => $4) WHERE key = $1 AND xmin = $5 AND {s_live}";

    private static string DeleteOne(string table) => $"DELETE FROM {table} WHERE key = $1 AND xmin = $2 AND {s_live}";
}
