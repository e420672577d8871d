using SQLitePCL;

namespace Sidecar.Components.SqliteState;

/// <summary>SQLite refused or failed; the message names the file, what is wrong and what helps.</summary>
internal sealed class SqliteStoreException(string path, int result, string detail)
    : Exception($"SQLite database '{path}': {Explain(result, detail)} (code {result})")
{
    /// <summary>SQLite's primary result code.</summary>
    public int Code { get; } = result & 0xff;

    /// <summary>True when the connection may no longer know the truth about the file and is to be opened anew.</summary>
    public bool BreaksConnection => Code is raw.SQLITE_IOERR or raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_CANTOPEN or raw.SQLITE_READONLY;

    private static string Explain(int result, string detail) => (result & 0xff) switch
    {
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => "another process held the write lock longer than 'busyTimeout'; try again, or raise 'busyTimeout'",
        raw.SQLITE_FULL => "the disk, or the database's limit, is full; nothing was saved. Free space and try again",
        raw.SQLITE_READONLY => "the database cannot be written: file, folder or connection string ('mode=ro') is read-only",
        raw.SQLITE_CANTOPEN => $"the file cannot be opened or created ({detail}); check the folder and its permissions",
        raw.SQLITE_NOTADB => "the file is no SQLite database",
        raw.SQLITE_CORRUPT => "the file is damaged; restore it from a copy",
        raw.SQLITE_TOOBIG => "the value is larger than SQLite takes",
        _ => detail,
    };
}
