using Npgsql;

namespace Sidecar.Components.PostgreSql;

/// <summary>PostgreSQL refused, failed or cannot be reached; the message names the server, what is wrong and what helps.</summary>
internal sealed class PostgreSqlStoreException(string server, Exception cause) : Exception($"PostgreSQL at {server}: {Explain(cause)}", cause)
{
    /// <summary>True when the session is gone, and what was under way in it may or may not have been done.</summary>
    public static bool IsConnectionLost(NpgsqlException error) => error switch
    {
        PostgresException refusal => refusal.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow,
        { InnerException: TimeoutException } => false,
        _ => error.InnerException is IOException or System.Net.Sockets.SocketException,
    };

    /// <summary>True when the server undid the transaction because of others that ran at the same time: it can simply be made again.</summary>
    public static bool IsToRepeat(PostgresException error) => error.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure;

    /// <summary>True when waiting may help at the start.</summary>
    public static bool IsPassing(Exception error) => error switch
    {
        PostgresException refusal => refusal.SqlState is PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.TooManyConnections or PostgresErrorCodes.AdminShutdown,
        NpgsqlException => error.InnerException is IOException or System.Net.Sockets.SocketException or TimeoutException,
        _ => false,
    };

    private static string Explain(Exception cause) => cause is PostgresException refusal ? Explain(refusal)
        : cause is InvalidDataException ? cause.Message
        : cause.InnerException is TimeoutException ? ExplainTimeout(cause)
        : cause.InnerException is System.Net.Sockets.SocketException network ? $"cannot be reached ({network.Message}); is it started, and is the address right?"
        : cause.InnerException is IOException ? "the connection was lost; whether the last change was made is not known. Read it again"
        : cause.Message;

    private static string ExplainTimeout(Exception cause) => cause.Message.Contains("pool", StringComparison.OrdinalIgnoreCase)
        ? "all connections of the pool stayed busy longer than 'timeout'; raise 'maxConns'"
        : "no answer within 'timeout'; whether the last change was made is not known. Read it again";

    private static string Explain(PostgresException refusal) => refusal.SqlState switch
    {
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => $"the user or the password is refused ({refusal.MessageText})",
        PostgresErrorCodes.InvalidCatalogName => $"{refusal.MessageText}; create it (CREATE DATABASE), or correct the name",
        PostgresErrorCodes.InvalidSchemaName => $"{refusal.MessageText}; create it (CREATE SCHEMA), or correct the table's name",
        PostgresErrorCodes.UndefinedTable => $"{refusal.MessageText}; it was removed since the start. Start again to have it made",
        PostgresErrorCodes.InsufficientPrivilege => $"the user may not do this ({refusal.MessageText}); grant it",
        PostgresErrorCodes.ReadOnlySqlTransaction => "the database is read-only (default_transaction_read_only, or a standby); nothing was saved",
        PostgresErrorCodes.DiskFull => $"its disk is full ({refusal.MessageText}); nothing was saved. Free space and try again",
        PostgresErrorCodes.OutOfMemory => "it is out of memory; nothing was saved",
        PostgresErrorCodes.TooManyConnections => $"it takes no more connections ({refusal.MessageText}); lower 'maxConns', or raise the server's max_connections",
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown => "it was shut down in the midst; whether the last change was made is not known. Read it again",
        PostgresErrorCodes.CannotConnectNow => $"it is not ready ({refusal.MessageText})",
        PostgresErrorCodes.ProgramLimitExceeded => $"the key or the value is larger than it takes ({refusal.MessageText}); a key may have about 2,700 bytes",
        PostgresErrorCodes.CharacterNotInRepertoire or PostgresErrorCodes.UntranslatableCharacter => "a key cannot hold the character zero, nor broken Unicode",
        PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure => "others changed the same keys again and again; nothing was saved. Try again",
        _ => $"{refusal.MessageText} ({refusal.SqlState})",
    };
}
