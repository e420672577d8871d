using SQLitePCL;

namespace Sidecar.Components.SqliteState;

/// <summary>A prepared statement. Values go in and come out as UTF-8 bytes, so that nothing passes through strings.</summary>
internal sealed class NativeStatement(NativeConnection connection, sqlite3_stmt handle) : IDisposable
{
    /// <summary>Begins a use: the statement is reset when the use is disposed.</summary>
    public Usage Use() => new(connection, handle);

    /// <inheritdoc/>
    public void Dispose() => handle.Dispose();

    /// <summary>One execution of the statement.</summary>
    internal readonly ref struct Usage(NativeConnection connection, sqlite3_stmt handle)
    {
        /// <summary>Binds UTF-8 text to the parameter with this one-based number.</summary>
        public Usage Text(int index, ReadOnlySpan<byte> utf8)
        {
            // An empty span has no address, and SQLite would take it for NULL.
            connection.Check(utf8.IsEmpty ? raw.sqlite3_bind_text(handle, index, "") : raw.sqlite3_bind_text(handle, index, utf8));
            return this;
        }

        /// <summary>Binds text.</summary>
        public Usage Text(int index, string text)
        {
            connection.Check(raw.sqlite3_bind_text(handle, index, text));
            return this;
        }

        /// <summary>Binds a number.</summary>
        public Usage Number(int index, long number)
        {
            connection.Check(raw.sqlite3_bind_int64(handle, index, number));
            return this;
        }

        /// <summary>Binds NULL.</summary>
        public Usage Null(int index)
        {
            connection.Check(raw.sqlite3_bind_null(handle, index));
            return this;
        }

        /// <summary>Goes on to the next row; false when there is none.</summary>
        public bool Step()
        {
            var result = raw.sqlite3_step(handle);
            connection.Check(result);
            return result == raw.SQLITE_ROW;
        }

        /// <summary>Text of a column as UTF-8; valid until the next step.</summary>
        public ReadOnlySpan<byte> Utf8(int column) => raw.sqlite3_column_blob(handle, column);

        /// <summary>Text of a column.</summary>
        public string String(int column) => raw.sqlite3_column_text(handle, column).utf8_to_string();

        /// <summary>Number of a column.</summary>
        public long Number(int column) => raw.sqlite3_column_int64(handle, column);

        /// <summary>True when a column is NULL.</summary>
        public bool IsNull(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL;

        /// <summary>Makes the statement ready for its next use; what went wrong in this one has been thrown by <see cref="Step"/>.</summary>
        public void Dispose() => raw.sqlite3_reset(handle);
    }
}
