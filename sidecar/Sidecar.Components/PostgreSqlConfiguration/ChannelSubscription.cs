using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Npgsql;
using Sidecar.Components.PostgreSql;
using Sidecar.Runtime.Configurations;

namespace Sidecar.Components.PostgreSqlConfiguration;

/// <summary>Listens to a channel of the server, on a connection of its own that is made again when it is lost; what changes in between is not heard.</summary>
internal sealed partial class ChannelSubscription(
    PostgreSqlConfigurationOptions options, string channel, IReadOnlyList<string> keys, ConfigurationChanged changed, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private const int KeepAliveSeconds = 10;
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(2);
    private readonly Channel<string> _notifications = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _stopping = new();

    // Of no pool: it is held for as long as the subscription lives.
    private readonly NpgsqlConnectionStringBuilder _address = new(options.Address.ConnectionString) { Pooling = false, KeepAlive = KeepAliveSeconds };
    private Task _listening = Task.CompletedTask;
    private Task _telling = Task.CompletedTask;

    /// <summary>Returns when no later change can be missed.</summary>
    /// <exception cref="PostgreSqlStoreException">The server cannot be reached, or refuses.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            var first = await ListenAsync(cancellationToken);
            _telling = Task.Run(TellAsync, CancellationToken.None);
            _listening = Task.Run(() => KeepListeningAsync(first), CancellationToken.None);
        }
        catch (NpgsqlException error)
        {
            throw new PostgreSqlStoreException(options.Display, error);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _listening;
        _notifications.Writer.TryComplete();
        await _telling;
    }

    private async Task<NpgsqlConnection> ListenAsync(CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(_address.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            connection.Notification += (_, notification) => _notifications.Writer.TryWrite(notification.Payload);
            await using var listen = new NpgsqlCommand($"LISTEN {channel}", connection);
            await listen.ExecuteNonQueryAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private async Task KeepListeningAsync(NpgsqlConnection? connection)
    {
        for (var failures = 0; ;)
        {
            try
            {
                connection ??= await ListenAsync(_stopping.Token);
                failures = 0;
                while (true)
                    await connection.WaitAsync(_stopping.Token);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                if (connection is not null)
                    await connection.DisposeAsync();
                return;
            }
            catch (Exception error) when (error is NpgsqlException or IOException or InvalidOperationException)
            {
                if (connection is not null)
                    await connection.DisposeAsync();
                connection = null;
                if (failures++ == 0)
                    LogInterrupted(error.Message);
                var pause = TimeSpan.FromMilliseconds(25 * Math.Pow(2, Math.Min(failures, 10)));
                await Task.Delay(pause < s_longestPause ? pause : s_longestPause, time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task TellAsync()
    {
        await foreach (var payload in _notifications.Reader.ReadAllAsync())
        {
            try
            {
                if (Read(payload) is var (key, item) && (keys.Count == 0 || keys.Contains(key)))
                    await changed(new Dictionary<string, ConfigurationItem> { [key] = item }, _stopping.Token);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                LogNotTold(payload, error.Message);
            }
        }
    }

    /// <summary>The row that the trigger wrapped: <c>{"data":{"key":…,"value":…,"version":…,"metadata":{…}}}</c>, its names in any case. A removed row comes as it was.</summary>
    private static (string Key, ConfigurationItem Item)? Read(string payload)
    {
        using var document = JsonDocument.Parse(payload);
        if (document.RootElement is not { ValueKind: JsonValueKind.Object } root || !root.TryGetProperty("data", out var row) || row.ValueKind != JsonValueKind.Object)
            throw new FormatException("it has no object 'data'; the trigger notifies json_build_object('table', …, 'action', …, 'data', row)");
        var columns = new Dictionary<string, JsonElement>(StringComparer.OrdinalIgnoreCase);
        foreach (var column in row.EnumerateObject())
            columns[column.Name] = column.Value;
        if (!columns.TryGetValue("key", out var key))
            throw new FormatException("its 'data' has no key");
        return (key.ToString(), new ConfigurationItem(
            columns.TryGetValue("value", out var value) ? value.ToString() : "",
            columns.TryGetValue("version", out var version) ? version.ToString() : "",
            PostgreSqlConfigurationStore.Metadata(columns.TryGetValue("metadata", out var metadata) ? metadata.GetRawText() : null)));
    }

    [LoggerMessage(LogLevel.Warning, "Listening for changes is interrupted and goes on when it can: {Problem}")]
    private partial void LogInterrupted(string problem);

    [LoggerMessage(LogLevel.Error, "The change {Payload} could not be told: {Problem}")]
    private partial void LogNotTold(string payload, string problem);
}
