using Sidecar.Components.Redis;
using Sidecar.Servers;

namespace Components.Tests.Redis;

/// <summary>Redis as a test sees it: commands and what the server says.</summary>
internal sealed class RawRedis : IAsyncDisposable
{
    private readonly RedisConnection _connection;

    private RawRedis(RedisConnection connection) => _connection = connection;

    public static async Task<RawRedis> ConnectAsync(RedisServer server, string database = "0", string? password = null) =>
        new(await RedisConnection.OpenAsync(
            new RedisOptions { Host = "127.0.0.1", Port = server.Port, Database = int.Parse(database, System.Globalization.CultureInfo.InvariantCulture), Password = password },
            TimeProvider.System, CancellationToken.None));

    public async Task<RedisReply> DoAsync(params RedisArgument[] command)
    {
        var reply = await _connection.SendAsync(command);
        return reply.IsError ? throw new InvalidOperationException(reply.Text) : reply;
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
