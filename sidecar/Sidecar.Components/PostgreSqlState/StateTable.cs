using Npgsql;
using NpgsqlTypes;
using Sidecar.Runtime.State;
using Sidecar.Runtime.State.Queries;

namespace Sidecar.Components.PostgreSqlState;

/// <summary>
/// The statements on one state table, as <c>daprd</c> lays it out, so that both can use one database. What the two versions of the component share is here.
/// </summary>
/// <param name="name">Name of the table, perhaps with a schema.</param>
/// <param name="columns">Columns that <see cref="Read"/> wants, the key first.</param>
/// <param name="expiry">The column that says when a row lapses.</param>
internal abstract class StateTable(string name, string columns, string expiry)
{
    // No key sorts behind a prefix followed by the last code point of Unicode.
    private const string LastCodePoint = "\U0010FFFF";

    private readonly string _select = $"SELECT {columns} FROM {name} WHERE key = $1 AND {Live(expiry)}";

    private readonly string _selectMany = $"SELECT {columns} FROM {name} WHERE key = ANY($1) AND {Live(expiry)}";

    // These operators compare bytes, whatever the database's collation is, and an index of this kind serves them.
    private readonly string _keys =
        $"SELECT key FROM {name} WHERE key ~>=~ $1 AND key ~<~ $2 AND key ~>~ $3 AND {Live(expiry)} ORDER BY key USING ~<~ LIMIT $4";

    private readonly string _deletePrefix =
        $"WITH gone AS (DELETE FROM {name} WHERE key ~>=~ $1 AND key ~<~ $2 RETURNING {expiry}) SELECT count(*)::int FROM gone WHERE {Live(expiry)}";

    private readonly string _delete = $"DELETE FROM {name} WHERE key = $1";

    /// <summary>Name of the table, perhaps with a schema.</summary>
    public string Name => name;

    /// <summary>The key of the metadata table under which the level of this table is kept.</summary>
    public abstract string MigrationsKey { get; }

    /// <summary>The key of the metadata table under which the time of the last clean-up is kept.</summary>
    public abstract string LastCleanupKey { get; }

    /// <summary>What makes the table, step by step; the number of steps made is its level.</summary>
    public abstract IReadOnlyList<string> Migrations { get; }

    /// <summary>Removes every row that has lapsed.</summary>
    public string DeleteLapsed { get; } = $"DELETE FROM {name} WHERE {expiry} IS NOT NULL AND {expiry} < now()";

    /// <summary>Dapr's capability names.</summary>
    public virtual IReadOnlyList<string> Capabilities { get; } = ["ETAG", "TRANSACTIONAL", "TTL", "KEYS_LIKE"];

    /// <summary>Condition of a row that has not lapsed.</summary>
    protected static string Live(string expiry) => $"({expiry} IS NULL OR {expiry} >= now())";

    /// <summary>Reads a row of the columns asked for.</summary>
    public abstract StateItem Read(NpgsqlDataReader row);

    /// <summary>The statement that makes a change.</summary>
    /// <exception cref="ETagMismatchException">No version has this ETag.</exception>
    /// <exception cref="InvalidETagException">It is no ETag of this table.</exception>
    public NpgsqlBatchCommand Change(StateOperation operation, bool guarded) => operation is SetState set ? Set(set, guarded) : Delete(operation, guarded);

    /// <summary>True when a change that met no row is refused.</summary>
    public static bool IsConditional(StateOperation operation) => !string.IsNullOrEmpty(operation.ETag) || operation is SetState { FirstWrite: true };

    public NpgsqlCommand Select(NpgsqlConnection connection, string key) => new(_select, connection) { Parameters = { Text(key) } };

    public NpgsqlCommand SelectMany(NpgsqlConnection connection, IReadOnlyList<string> keys) =>
        new(_selectMany, connection) { Parameters = { new NpgsqlParameter<string[]> { TypedValue = [.. keys], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text } } };

    public NpgsqlCommand Keys(NpgsqlConnection connection, string prefix, string? after, int count) => new(_keys, connection)
    {
        Parameters = { Text(prefix), Text(prefix + LastCodePoint), Text(after ?? ""), new NpgsqlParameter<int> { TypedValue = count } },
    };

    public NpgsqlCommand DeletePrefix(NpgsqlConnection connection, string prefix) =>
        new(_deletePrefix, connection) { Parameters = { Text(prefix), Text(prefix + LastCodePoint) } };

    /// <summary>Documents that a query asks for.</summary>
    /// <exception cref="FormatException">The token is none of ours.</exception>
    public NpgsqlCommand Query(NpgsqlConnection connection, StateQuery query)
    {
        var statement = new DocumentQuery(query);
        var command = new NpgsqlCommand($"SELECT {columns} FROM {name} WHERE {Live(expiry)}{statement.Text}", connection);
        foreach (var value in statement.Values)
            command.Parameters.Add(Text(value));
        return command;
    }

    /// <summary>The statement that saves.</summary>
    protected abstract NpgsqlBatchCommand Set(SetState set, bool guarded);

    /// <summary>The statement that deletes one version.</summary>
    protected abstract NpgsqlBatchCommand DeleteVersion(string key, string etag, bool guarded);

    /// <summary>
    /// In a batch nobody looks at the number of rows before the server commits: a change that meets no row divides by zero, which undoes the whole batch.
    /// </summary>
    protected static string Guard(string statement) => $"WITH done AS ({statement} RETURNING 1) SELECT 1 / count(*) FROM done";

    protected static NpgsqlParameter<string> Text(string value) => new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Text };

    /// <summary>Seconds to live, or NULL, which makes the expiry NULL too.</summary>
    protected static NpgsqlParameter TimeToLive(SetState set) =>
        set.TimeToLive is { Ticks: > 0 } time ? new NpgsqlParameter<double> { TypedValue = time.TotalSeconds } : new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Double, Value = DBNull.Value };

    private NpgsqlBatchCommand Delete(StateOperation operation, bool guarded) => string.IsNullOrEmpty(operation.ETag)
        ? new NpgsqlBatchCommand(_delete) { Parameters = { Text(operation.Key) } }
        : DeleteVersion(operation.Key, operation.ETag, guarded);
}
