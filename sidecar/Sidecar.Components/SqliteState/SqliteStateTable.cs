using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Sidecar.Runtime.State;

namespace Sidecar.Components.SqliteState;

/// <summary>
/// Dapr's state table, as <c>daprd</c> lays it out, so that it can open the same file: text as it is, other bytes as Base64 with <c>is_binary</c>,
/// a random ETag, times in UTC as <c>yyyy-MM-dd HH:mm:ss</c>. Expiry times have milliseconds in addition, which compare rightly with daprd's whole seconds.
/// </summary>
internal sealed class SqliteStateTable(string table, string metadataTable, TimeProvider time)
{
    private const string ExpiryFormat = "yyyy-MM-dd HH:mm:ss.fff";
    private const string UpdateFormat = "yyyy-MM-dd HH:mm:ss";

    // No key sorts behind a prefix followed by the last code point of Unicode.
    private const string LastCodePoint = "\U0010FFFF";

    private readonly string _select = $"SELECT value, is_binary, etag, expiration_time FROM {table} WHERE key = ?1";

    private readonly string _upsert =
        $"INSERT INTO {table} (key, value, is_binary, etag, expiration_time, update_time) VALUES (?1, ?2, ?3, ?4, ?5, ?6) "
        + "ON CONFLICT (key) DO UPDATE SET value = ?2, is_binary = ?3, etag = ?4, expiration_time = ?5, update_time = ?6";

    private readonly string _insert =
        $"INSERT INTO {table} (key, value, is_binary, etag, expiration_time, update_time) VALUES (?1, ?2, ?3, ?4, ?5, ?6) "
        + "ON CONFLICT (key) DO UPDATE SET value = ?2, is_binary = ?3, etag = ?4, expiration_time = ?5, update_time = ?6 "
        + "WHERE expiration_time IS NOT NULL AND expiration_time <= ?7";

    private readonly string _update =
        $"UPDATE {table} SET value = ?2, is_binary = ?3, etag = ?4, expiration_time = ?5, update_time = ?6 "
        + "WHERE key = ?1 AND etag = ?8 AND (expiration_time IS NULL OR expiration_time > ?7)";

    private readonly string _delete = $"DELETE FROM {table} WHERE key = ?1";

    private readonly string _deleteVersion = $"DELETE FROM {table} WHERE key = ?1 AND etag = ?2 AND (expiration_time IS NULL OR expiration_time > ?3)";

    private readonly string _deleteLapsed = $"DELETE FROM {table} WHERE key = ?1 AND expiration_time <= ?2";

    private readonly string _deleteAllLapsed = $"DELETE FROM {table} WHERE expiration_time IS NOT NULL AND expiration_time <= ?1";

    private readonly string _deleteLapsedInRange = $"DELETE FROM {table} WHERE key >= ?1 AND key < ?2 AND expiration_time <= ?3";

    private readonly string _deleteRange = $"DELETE FROM {table} WHERE key >= ?1 AND key < ?2";

    private readonly string _keys =
        $"SELECT key FROM {table} WHERE key >= ?1 AND key < ?2 AND key > ?3 AND (expiration_time IS NULL OR expiration_time > ?4) ORDER BY key LIMIT ?5";

    /// <summary>Makes the tables when they are missing; level 1 of the migrations is what daprd finds in a file of its own.</summary>
    public bool Create(NativeConnection connection)
    {
        connection.RunOnce($"CREATE TABLE IF NOT EXISTS {metadataTable} (key text NOT NULL PRIMARY KEY, value text NOT NULL)");
        connection.RunOnce($"""
            CREATE TABLE IF NOT EXISTS {table} (
                key TEXT NOT NULL PRIMARY KEY,
                value TEXT NOT NULL,
                is_binary BOOLEAN NOT NULL,
                etag TEXT NOT NULL,
                expiration_time TIMESTAMP DEFAULT NULL,
                update_time TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
            )
            """);
        connection.RunOnce($"INSERT OR IGNORE INTO {metadataTable} (key, value) VALUES ('migrations', '1')");
        return true;
    }

    /// <summary>Reads a row, also a lapsed one: the caller looks at <see cref="StateItem.ExpiresAt"/>.</summary>
    public StateItem? Read(NativeConnection connection, string key)
    {
        using var row = connection.Prepare(_select).Use().Text(1, key);
        if (!row.Step())
            return null;
        var value = row.Number(1) != 0 ? DecodeBase64(row.Utf8(0)) : row.Utf8(0).ToArray();
        var etag = Encoding.UTF8.GetString(row.Utf8(2));
        return new StateItem(key, value, etag, row.IsNull(3) ? null : ParseTime(row.String(3)));
    }

    /// <summary>Makes one change.</summary>
    /// <exception cref="ETagMismatchException">The row has another version; nothing was changed.</exception>
    public void Apply(NativeConnection connection, StateOperation operation, DateTimeOffset now)
    {
        if (operation is SetState set)
            Set(connection, set, now);
        else
            Delete(connection, operation, now);
    }

    /// <summary>Removes a row that has lapsed.</summary>
    public bool DeleteLapsed(NativeConnection connection, string key)
    {
        using var statement = connection.Prepare(_deleteLapsed).Use().Text(1, key).Text(2, Format(time.GetUtcNow(), ExpiryFormat));
        return statement.Step();
    }

    /// <summary>Removes every row that has lapsed and says how many there were.</summary>
    public int DeleteAllLapsed(NativeConnection connection)
    {
        using (var statement = connection.Prepare(_deleteAllLapsed).Use().Text(1, Format(time.GetUtcNow(), ExpiryFormat)))
            statement.Step();
        return connection.Changes;
    }

    /// <summary>One page of keys in the order of their UTF-8 bytes; the token is the last key of the page before.</summary>
    public KeyPage ListKeys(NativeConnection connection, string prefix, string? after, int pageSize)
    {
        using var row = connection.Prepare(_keys).Use()
            .Text(1, prefix).Text(2, prefix + LastCodePoint).Text(3, after ?? "").Text(4, Format(time.GetUtcNow(), ExpiryFormat)).Number(5, pageSize + 1L);
        var keys = new List<string>();
        while (row.Step())
        {
            if (keys.Count == pageSize)
                return new KeyPage(keys, keys[^1]);
            keys.Add(row.String(0));
        }

        return new KeyPage(keys, null);
    }

    /// <summary>Deletes what starts with the prefix and says how many live rows there were.</summary>
    public int DeleteWithPrefix(NativeConnection connection, string prefix)
    {
        using (var lapsed = connection.Prepare(_deleteLapsedInRange).Use()
            .Text(1, prefix).Text(2, prefix + LastCodePoint).Text(3, Format(time.GetUtcNow(), ExpiryFormat)))
            lapsed.Step();
        using (var live = connection.Prepare(_deleteRange).Use().Text(1, prefix).Text(2, prefix + LastCodePoint))
            live.Step();
        return connection.Changes;
    }

    private static string Format(DateTimeOffset at, string format) => at.UtcDateTime.ToString(format, CultureInfo.InvariantCulture);

    private static DateTimeOffset ParseTime(string text) =>
        DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    private static byte[] DecodeBase64(ReadOnlySpan<byte> text)
    {
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        if (Base64.DecodeFromUtf8(text, bytes, out _, out var written) != OperationStatus.Done)
            throw new InvalidDataException("a row marked is_binary does not hold Base64");
        return bytes.AsSpan(0, written).ToArray();
    }

    private void Set(NativeConnection connection, SetState set, DateTimeOffset now)
    {
        var hasETag = !string.IsNullOrEmpty(set.ETag);
        using var statement = connection.Prepare(hasETag ? _update : set.FirstWrite ? _insert : _upsert).Use();
        statement.Text(1, set.Key);
        BindValue(statement, set.Value.Span);
        Span<byte> etag = stackalloc byte[36];
        Guid.NewGuid().TryFormat(etag, out _);
        statement.Text(4, etag);
        if (set.TimeToLive is { Ticks: > 0 } ttl)
            statement.Text(5, Format(now + ttl, ExpiryFormat));
        else
            statement.Null(5);
        statement.Text(6, Format(now, UpdateFormat));
        if (hasETag || set.FirstWrite)
            statement.Text(7, Format(now, ExpiryFormat));
        if (hasETag)
            statement.Text(8, set.ETag!);
        statement.Step();
        if ((hasETag || set.FirstWrite) && connection.Changes == 0)
            throw new ETagMismatchException(set.Key);
    }

    private void Delete(NativeConnection connection, StateOperation operation, DateTimeOffset now)
    {
        if (string.IsNullOrEmpty(operation.ETag))
        {
            using var statement = connection.Prepare(_delete).Use().Text(1, operation.Key);
            statement.Step();
            return;
        }

        using var version = connection.Prepare(_deleteVersion).Use().Text(1, operation.Key).Text(2, operation.ETag).Text(3, Format(now, ExpiryFormat));
        version.Step();
        if (connection.Changes == 0)
            throw new ETagMismatchException(operation.Key);
    }

    // Text goes in as it is, as daprd keeps JSON. A NUL would end the text for other readers of the file.
    private static void BindValue(NativeStatement.Usage statement, ReadOnlySpan<byte> value)
    {
        if (Utf8.IsValid(value) && !value.Contains((byte)0))
        {
            statement.Text(2, value).Number(3, 0);
            return;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(Base64.GetMaxEncodedToUtf8Length(value.Length));
        Base64.EncodeToUtf8(value, buffer, out _, out var written);
        statement.Text(2, buffer.AsSpan(0, written)).Number(3, 1);
        ArrayPool<byte>.Shared.Return(buffer);
    }
}
