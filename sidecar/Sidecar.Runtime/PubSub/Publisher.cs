using System.Runtime.CompilerServices;
using Sidecar.Runtime.Errors;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Resiliency;

namespace Sidecar.Runtime.PubSub;

/// <summary>One entry of a bulk publish; without metadata of its own it has none of the request's either.</summary>
internal readonly record struct BulkEntry(string EntryId, ReadOnlyMemory<byte> Data, string ContentType, IReadOnlyDictionary<string, string>? Metadata);

/// <summary>An entry that was not taken, and why.</summary>
internal readonly record struct FailedEntry(string EntryId, string Error);

/// <summary>A bulk publish of which some entries failed.</summary>
internal sealed class BulkPublishException(IReadOnlyList<FailedEntry> failed, DaprApiException error) : Exception(error.Message, error)
{
    public IReadOnlyList<FailedEntry> Failed { get; } = failed;

    public DaprApiException Error { get; } = error;
}

/// <summary>The publishing side of one sidecar.</summary>
internal sealed class Publisher(SidecarContext context)
{
    private static readonly string[] s_noIds = [];
    private static readonly Dictionary<string, string> s_noMetadata = [];
    private readonly ConditionalWeakTable<LoadedComponent<IPubSub>, Target> _targets = [];

    /// <summary>Publishes one event; returns when the component has it.</summary>
    /// <exception cref="DaprApiException">Refused, or not taken by the component.</exception>
    public async Task PublishAsync(
        string pubsub, string topic, ReadOnlyMemory<byte> data, string contentType, IReadOnlyDictionary<string, string> metadata, EventTrace trace,
        CancellationToken cancellationToken)
    {
        var target = Resolve(pubsub, topic, metadata);
        using var buffer = new PooledBuffer(data.Length + 512);
        var message = ToMessage(target, topic, data, contentType, metadata, RawPayload.IsAsked(metadata, target.Name), trace, buffer);
        try
        {
            await SendAsync(target, message, cancellationToken);
            context.Metrics.PubSubEgress.Increment(pubsub, topic, "true");
        }
        catch (DaprApiException)
        {
            context.Metrics.PubSubEgress.Increment(pubsub, topic, "false");
            throw;
        }
    }

    /// <summary>Publishes a CloudEvent as it is, without metadata; it counts as nobody's call.</summary>
    /// <exception cref="DaprApiException">Refused, or not taken by the component.</exception>
    public Task PublishEventAsync(string pubsub, string topic, ReadOnlyMemory<byte> cloudEvent, CancellationToken cancellationToken) =>
        SendAsync(Resolve(pubsub, topic, s_noMetadata), new PubSubMessage(topic, cloudEvent, new Dictionary<string, string>()), cancellationToken);

    /// <summary>Refuses what cannot be published whatever the payload is.</summary>
    /// <exception cref="DaprApiException">No such component, no topic, or not allowed.</exception>
    public void Check(string pubsub, string topic, IReadOnlyDictionary<string, string> metadata)
    {
        Resolve(pubsub, topic, metadata);
        RawPayload.IsAsked(metadata, pubsub);
    }

    /// <summary>Publishes several events.</summary>
    /// <exception cref="DaprApiException">Refused as a whole.</exception>
    /// <exception cref="BulkPublishException">The component did not take all of them.</exception>
    public async Task PublishBulkAsync(
        string pubsub, string topic, IReadOnlyList<BulkEntry> entries, IReadOnlyDictionary<string, string> metadata, EventTrace trace,
        CancellationToken cancellationToken)
    {
        var target = Resolve(pubsub, topic, metadata);
        // Whether payloads are raw is the request's to say, for all its entries.
        var isRaw = RawPayload.IsAsked(metadata, pubsub);
        CheckIds(pubsub, topic, entries);
        if (entries.Count == 0)
            return;
        var buffers = new List<PooledBuffer>(entries.Count);
        try
        {
            var messages = new PubSubMessage[entries.Count];
            for (var i = 0; i < messages.Length; i++)
            {
                var buffer = new PooledBuffer(entries[i].Data.Length + 512);
                buffers.Add(buffer);
                messages[i] = ToMessage(target, topic, entries[i].Data, entries[i].ContentType, Merge(metadata, entries[i].Metadata), isRaw, trace, buffer);
            }

            await SendBulkAsync(target, topic, messages, [.. entries.Select(entry => entry.EntryId)], cancellationToken);
        }
        finally
        {
            buffers.ForEach(buffer => buffer.Dispose());
        }
    }

    /// <summary>Publishes messages as they came, to a dead-letter topic.</summary>
    public Task ForwardAsync(string pubsub, string topic, IReadOnlyList<PubSubMessage> originals, CancellationToken cancellationToken)
    {
        var target = Resolve(pubsub, topic, s_noMetadata);
        return SendBulkAsync(target, topic, [.. originals.Select(original => original with { Topic = topic })], s_noIds, cancellationToken);
    }

    private static async Task SendAsync(Target target, PubSubMessage message, CancellationToken cancellationToken)
    {
        try
        {
            await target.Policy.ExecuteAsync(
                async token =>
                {
                    await target.Component.PublishAsync(message, token);
                    return true;
                },
                cancellationToken);
        }
        catch (Exception exception) when (exception is not (DaprApiException or OperationCanceledException))
        {
            throw PubSubErrors.PublishFailed(target.Name, message.Topic, exception);
        }
    }

    private async Task SendBulkAsync(Target target, string topic, PubSubMessage[] messages, string[] ids, CancellationToken cancellationToken)
    {
        IReadOnlyList<Exception?> errors;
        try
        {
            errors = await target.Policy.ExecuteAsync(token => SendOnceAsync(target.Component, messages, token), cancellationToken);
        }
        catch (Exception exception) when (exception is not (DaprApiException or OperationCanceledException))
        {
            errors = [.. Enumerable.Repeat(exception, messages.Length)];
        }

        var taken = errors.Count(error => error is null);
        context.Metrics.PubSubBulkEgress.Add(taken, target.Name, topic, "true");
        if (taken < errors.Count)
            context.Metrics.PubSubBulkEgress.Add(errors.Count - taken, target.Name, topic, "false");
        if (errors.FirstOrDefault(error => error is not null) is not { } first)
            return;
        var failed = new List<FailedEntry>();
        for (var i = 0; i < errors.Count; i++)
        {
            if (errors[i] is { } error)
                failed.Add(new FailedEntry(i < ids.Length ? ids[i] : "", error.Message));
        }

        throw new BulkPublishException(failed, PubSubErrors.PublishFailed(target.Name, topic, first));
    }

    private static async Task<IReadOnlyList<Exception?>> SendOnceAsync(IPubSub component, PubSubMessage[] messages, CancellationToken cancellationToken)
    {
        if (component is IBulkPubSub bulk && messages.Length > 1)
            return await bulk.PublishBulkAsync(messages, cancellationToken);
        var errors = new Exception?[messages.Length];
        for (var i = 0; i < errors.Length; i++)
        {
            try
            {
                await component.PublishAsync(messages[i], cancellationToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                errors[i] = exception;
            }
        }

        return errors;
    }

    private PubSubMessage ToMessage(
        Target target, string topic, ReadOnlyMemory<byte> data, string contentType, IReadOnlyDictionary<string, string> metadata, bool isRaw, EventTrace trace, PooledBuffer buffer)
    {
        if (contentType.Length == 0)
            contentType = ContentTypes.PlainText;
        if (isRaw)
        {
            var traced = new Dictionary<string, string>(metadata, StringComparer.OrdinalIgnoreCase);
            traced.TryAdd("traceparent", trace.Parent);
            if (trace.State.Length > 0)
                traced.TryAdd("tracestate", trace.State);
            return new PubSubMessage(topic, data, traced, contentType);
        }

        var envelope = new EventEnvelope(
            target.Name, topic, context.Options.AppId, contentType, data, metadata, trace, context.Time.GetUtcNow(),
            target.KnowsTimeToLive ? null : TimeToLive(metadata));
        try
        {
            if (ContentTypes.IsCloudEvent(contentType))
                CloudEventWriter.TakeOver(buffer, envelope);
            else
                CloudEventWriter.Wrap(buffer, envelope);
        }
        catch (Exception exception) when (exception is System.Text.Json.JsonException or InvalidOperationException)
        {
            throw PubSubErrors.BadCloudEvent(target.Name, context.Options.AppId, exception.Message);
        }

        return new PubSubMessage(topic, buffer.Written, metadata);
    }

    /// <summary>Dapr has a word for a sidecar without any component too, and never says it.</summary>
    private Target Resolve(string pubsub, string topic, IReadOnlyDictionary<string, string> metadata)
    {
        if (pubsub.Length == 0)
            throw PubSubErrors.NameEmpty(metadata);
        if (!context.Components.PubSubs.TryGetValue(pubsub, out var component))
            throw PubSubErrors.NotFound(pubsub, metadata);
        if (topic.Length == 0)
            throw PubSubErrors.TopicEmpty(pubsub, metadata);
        if (!_targets.TryGetValue(component, out var target))
            target = _targets.GetValue(component, TargetOf);
        return target.Scopes.MayPublish(topic) ? target : throw PubSubErrors.Forbidden(pubsub, topic, context.Options.AppId);
    }

    private Target TargetOf(LoadedComponent<IPubSub> component) => new(
        component.Resource.Name, component.Instance, new TopicScopes(component.Resource, context.Options.AppId),
        context.Policies.ForComponentOutbound(component.Resource.Name, component.Resource.Type), component.Instance.Capabilities.Contains("MESSAGE_TTL"));

    private void CheckIds(string pubsub, string topic, IReadOnlyList<BulkEntry> entries)
    {
        var seen = new HashSet<string>(entries.Count);
        foreach (var entry in entries)
        {
            if (entry.EntryId.Length == 0 || !seen.Add(entry.EntryId))
                throw PubSubErrors.BadEntryId(pubsub, topic, context.Options.AppId);
        }
    }

    /// <summary>
    /// The entry's metadata over the request's. daprd merges them for entries that have some (<c>pkg/api/http/http.go</c>, <c>pkg/api/grpc/grpc.go</c>): the others have no time to live, no
    /// partition key and no <c>cloudevent.*</c> of the request.
    /// </summary>
    private static IReadOnlyDictionary<string, string> Merge(IReadOnlyDictionary<string, string> request, IReadOnlyDictionary<string, string>? entry)
    {
        if (entry is null || request.Count == 0)
            return entry ?? s_noMetadata;
        var merged = new Dictionary<string, string>(request, StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in entry)
        {
            merged[key] = value;
        }

        return merged;
    }

    private static TimeSpan? TimeToLive(IReadOnlyDictionary<string, string> metadata) =>
        metadata.TryGetValue("ttlInSeconds", out var text) && long.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var seconds) && seconds > 0
            ? TimeSpan.FromSeconds(Math.Min(seconds, int.MaxValue))
            : null;

    private sealed record Target(string Name, IPubSub Component, TopicScopes Scopes, IPolicy Policy, bool KnowsTimeToLive);
}
