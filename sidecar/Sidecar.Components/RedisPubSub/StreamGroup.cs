using Microsoft.Extensions.Logging;
using Sidecar.Components.Redis;

namespace Sidecar.Components.RedisPubSub;

/// <summary>
/// One consumer group of one stream: how it is read, acknowledged and searched for what was left behind. All instances of an app are the same consumer, as in
/// Dapr, so that the group's pending list does not tell who holds a message.
/// </summary>
internal sealed partial class StreamGroup(RedisClient client, string topic, string group, RedisPubSubOptions options, TimeProvider time, ILogger logger)
{
    /// <summary>A blocking read waits this long where <c>readTimeout</c> sets no limit.</summary>
    private static readonly TimeSpan s_usualBlock = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(2);

    /// <summary>Topic, which is the stream's key.</summary>
    public string Topic => topic;

    /// <summary>Settings of the component.</summary>
    public RedisPubSubOptions Options => options;

    /// <summary>Clock.</summary>
    public TimeProvider Time => time;

    /// <summary>How long a read waits for the first message.</summary>
    public TimeSpan Block => client.ReadTimeout > TimeSpan.Zero ? client.ReadTimeout : s_usualBlock;

    /// <summary>Makes stream and group, unless they are there; the group begins with the oldest message.</summary>
    public async Task CreateAsync(CancellationToken cancellationToken)
    {
        try
        {
            await client.CallAsync(["XGROUP", "CREATE", topic, group, "0", "MKSTREAM"], cancellationToken);
        }
        catch (RedisRefusalException refusal) when (refusal.Is("BUSYGROUP"))
        {
            // It is there: it goes on where it was.
        }
    }

    /// <summary>A connection for reading, and its number for <see cref="UnblockAsync"/>.</summary>
    public async Task<(RedisConnection Connection, long Id)> OpenReaderAsync(CancellationToken cancellationToken)
    {
        var connection = await client.OpenConnectionAsync(Block, cancellationToken);
        var id = await connection.SendAsync("CLIENT", "ID").WaitAsync(cancellationToken);
        return (connection, id.Number);
    }

    /// <summary>Reads new messages; none when there were none for as long as <paramref name="wait"/>.</summary>
    /// <exception cref="RedisUnavailableException">The connection is lost.</exception>
    public async Task<List<StreamEntry>> ReadAsync(RedisConnection connection, int count, TimeSpan wait)
    {
        var reply = await connection.SendAsync(
            "XREADGROUP", "GROUP", group, group, "COUNT", count, "BLOCK", Math.Max(1L, (long)wait.TotalMilliseconds), "STREAMS", topic, ">");
        if (reply.IsError && reply.Text.StartsWith("NOGROUP", StringComparison.Ordinal))
        {
            LogGroupGone(logger, topic, group);
            await CreateAsync(CancellationToken.None);
            return [];
        }

        // A server that becomes a replica ends blocked reads with this code; the next read tells why.
        if (reply.IsError && !reply.Text.StartsWith("UNBLOCKED", StringComparison.Ordinal))
            throw client.Refusal("XREADGROUP", reply);
        return reply.Items is [{ Items: [_, var entries] }] ? Entries(entries) : [];
    }

    /// <summary>Lets a blocked read of that connection return.</summary>
    public Task UnblockAsync(long connectionId) => client.CallAsync(["CLIENT", "UNBLOCK", connectionId], CancellationToken.None);

    /// <summary>Acknowledges.</summary>
    public Task AcknowledgeAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
        client.CallAsync(["XACK", topic, group, .. ids.Select(id => (RedisArgument)id)], cancellationToken);

    /// <summary>Makes messages that were not handled look as if they had been pending long enough: whoever looks next takes them.</summary>
    public async Task GiveBackAsync(IReadOnlyList<string> ids)
    {
        if (ids.Count == 0 || !options.Redelivers)
            return;
        try
        {
            await client.CallAsync(
                ["XCLAIM", topic, group, group, 0, .. ids.Select(id => (RedisArgument)id), "IDLE", (long)options.ProcessingTimeout.TotalMilliseconds, "JUSTID"], CancellationToken.None);
        }
        catch (Exception error) when (error is RedisUnavailableException or RedisRefusalException)
        {
            LogNotGivenBack(logger, ids.Count, topic, error.Message);
        }
    }

    /// <summary>Claims messages that have been pending too long and that <paramref name="wanted"/> wants, page by page.</summary>
    public async IAsyncEnumerable<List<StreamEntry>> ClaimAsync(Func<string, bool> wanted)
    {
        for (var from = "-"; from.Length > 0;)
        {
            var pending = (await client.CallAsync(["XPENDING", topic, group, from, "+", options.QueueDepth], CancellationToken.None)).Items;
            from = pending.Length == options.QueueDepth ? StreamEntry.After(pending[^1].Items[0].Text) : "";
            var idle = (long)options.ProcessingTimeout.TotalMilliseconds;
            var ids = pending.Where(entry => entry.Items[2].Number >= idle).Select(entry => entry.Items[0].Text).Where(wanted).ToArray();
            if (ids.Length == 0)
                continue;
            var claimed = Entries(await client.CallAsync(["XCLAIM", topic, group, group, idle, .. ids.Select(id => (RedisArgument)id)], CancellationToken.None));
            await ForgetDeletedAsync(ids.Except(claimed.Select(entry => entry.Id)).ToArray());
            if (claimed.Count > 0)
                yield return claimed;
        }
    }

    /// <summary>A pause after a failure, longer each time.</summary>
    public Task PauseAsync(int failures, Exception failure, CancellationToken cancellationToken)
    {
        if (failures == 1)
            LogInterrupted(logger, topic, failure.Message);
        var pause = TimeSpan.FromMilliseconds(25 * Math.Pow(2, Math.Min(failures, 10)));
        return Task.Delay(pause < s_longestPause ? pause : s_longestPause, time, cancellationToken);
    }

    /// <summary>Says that a handler failed and what becomes of the message.</summary>
    public void TellFailure(string id, Exception failure, bool comesAgain)
    {
        if (comesAgain)
            LogInterruptedDelivery(logger, id, topic, failure.Message);
        else
            LogFailedDelivery(logger, id, topic, failure.Message);
    }

    private List<StreamEntry> Entries(RedisReply reply)
    {
        var entries = new List<StreamEntry>(reply.Items.Length);
        foreach (var item in reply.Items)
        {
            if (StreamEntry.Read(topic, item) is { } entry)
                entries.Add(entry);
        }

        return entries;
    }

    /// <summary>A message that was cut from the stream stays pending before Redis 7, until somebody acknowledges it.</summary>
    private async Task ForgetDeletedAsync(string[] notClaimed)
    {
        foreach (var id in notClaimed)
        {
            if ((await client.CallAsync(["XRANGE", topic, id, id], CancellationToken.None)).Items.Length == 0)
                await AcknowledgeAsync([id], CancellationToken.None);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Stream {Topic} lost its consumer group {Group}: it is made again and begins with the oldest message.")]
    private static partial void LogGroupGone(ILogger logger, string topic, string group);

    [LoggerMessage(LogLevel.Warning, "Reading topic {Topic} is interrupted and goes on when it can: {Problem}")]
    private static partial void LogInterrupted(ILogger logger, string topic, string problem);

    [LoggerMessage(LogLevel.Warning, "{Count} messages of topic {Topic} that were not handled could not be given back, and wait for processingTimeout: {Problem}")]
    private static partial void LogNotGivenBack(ILogger logger, int count, string topic, string problem);

    [LoggerMessage(LogLevel.Error, "Delivery of message {Id} of topic {Topic} failed, and it is acknowledged: {Problem}")]
    private static partial void LogFailedDelivery(ILogger logger, string id, string topic, string problem);

    [LoggerMessage(LogLevel.Warning, "Delivery of message {Id} of topic {Topic} was interrupted, and it is delivered again: {Problem}")]
    private static partial void LogInterruptedDelivery(ILogger logger, string id, string topic, string problem);
}
