using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Sidecar.Components.Redis;

namespace Sidecar.Components.RedisConfiguration;

/// <summary>Hears of changes of keys, on a connection of its own that is made again when it is lost; what changes in between is not heard.</summary>
internal sealed partial class KeyspaceSubscription(
    RedisClient client, IReadOnlyList<string> keys, Func<string, string, CancellationToken, Task> changed, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan s_ping = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(2);
    private readonly Channel<(string Key, string Operation)> _changes = Channel.CreateUnbounded<(string, string)>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _stopping = new();
    private readonly string _prefix = $"__keyspace@{client.Database}__:";
    private Task _listening = Task.CompletedTask;
    private Task _telling = Task.CompletedTask;

    /// <summary>Switches notifications on, as Dapr does, and listens.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await client.CallAsync(["CONFIG", "SET", "notify-keyspace-events", "Kg$xe"], cancellationToken);
        }
        catch (RedisRefusalException refusal)
        {
            LogNotSwitchedOn(refusal.Message);
        }

        var first = await ListenAsync(cancellationToken);
        _telling = Task.Run(TellAsync, CancellationToken.None);
        _listening = Task.Run(() => KeepListeningAsync(first), CancellationToken.None);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _listening;
        _changes.Writer.TryComplete();
        await _telling;
    }

    private async Task<RedisConnection> ListenAsync(CancellationToken cancellationToken)
    {
        var connection = await client.OpenConnectionAsync(TimeSpan.Zero, cancellationToken);
        connection.Pushed = Heard;
        RedisArgument[] command = keys.Count == 0
            ? ["PSUBSCRIBE", _prefix + "*"]
            : ["SUBSCRIBE", .. keys.Select(key => (RedisArgument)(_prefix + key))];
        var reply = await connection.SendAsync(command).WaitAsync(cancellationToken);
        if (!reply.IsError)
            return connection;
        await connection.DisposeAsync();
        throw client.Refusal(command[0].ToString(), reply);
    }

    private async Task KeepListeningAsync(RedisConnection? connection)
    {
        for (var failures = 0; ;)
        {
            try
            {
                connection ??= await ListenAsync(_stopping.Token);
                failures = 0;
                while (true)
                {
                    await Task.Delay(s_ping, time, _stopping.Token);
                    await connection.SendAsync("PING").WaitAsync(_stopping.Token);
                }
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                if (connection is not null)
                    await connection.DisposeAsync();
                return;
            }
            catch (Exception error) when (error is RedisUnavailableException or RedisRefusalException)
            {
                if (connection is not null)
                    await connection.DisposeAsync();
                connection = null;
                if (failures++ == 0)
                    LogInterrupted(error.Message);
                var pause = TimeSpan.FromMilliseconds(25 * Math.Pow(2, Math.Min(failures, 10)));
                await Task.Delay(pause < s_longestPause ? pause : s_longestPause, time, CancellationToken.None);
            }
        }
    }

    private void Heard(RedisReply push)
    {
        // Of a pattern the channel is the third word, else the second; what happened is the last.
        if (push.Items is [.., var channel, var operation] && channel.Text.StartsWith(_prefix, StringComparison.Ordinal) && operation.Kind == RedisReplyKind.Bytes)
            _changes.Writer.TryWrite((channel.Text[_prefix.Length..], operation.Text));
    }

    private async Task TellAsync()
    {
        await foreach (var (key, operation) in _changes.Reader.ReadAllAsync())
        {
            try
            {
                await changed(key, operation, _stopping.Token);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                LogNotTold(key, error.Message);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Keyspace notifications could not be switched on; changes are heard if the server sends them: {Problem}")]
    private partial void LogNotSwitchedOn(string problem);

    [LoggerMessage(LogLevel.Warning, "Listening for changes is interrupted and goes on when it can: {Problem}")]
    private partial void LogInterrupted(string problem);

    [LoggerMessage(LogLevel.Error, "The change of {Key} could not be told: {Problem}")]
    private partial void LogNotTold(string key, string problem);
}
