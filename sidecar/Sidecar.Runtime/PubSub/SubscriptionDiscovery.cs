using System.Net;
using System.Text.Json;
using Dapr.Protocol.Grpc;
using Microsoft.Extensions.Logging;
using Sidecar.Runtime.AppChannels;
using Sidecar.Runtime.Resources;

namespace Sidecar.Runtime.PubSub;

/// <summary>Asks the app for its subscriptions: <c>GET /dapr/subscribe</c>, or <see cref="GrpcSubscriptions"/>; tried three more times with growing pauses from 500 ms.</summary>
internal sealed class SubscriptionDiscovery(IAppChannel app, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan[] s_pauses = [TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(750), TimeSpan.FromSeconds(1)];
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web);

    /// <summary>The app's list; empty when it has none or cannot be asked.</summary>
    public async Task<IReadOnlyList<Subscription>> AskAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await (app.Callback is { } callback ? GrpcSubscriptions.AskAsync(callback, cancellationToken) : AskOnceAsync(cancellationToken));
            }
            catch (Exception exception) when (exception is HttpRequestException or GrpcException)
            {
                if (attempt == s_pauses.Length)
                {
                    PubSubLog.DiscoveryFailed(logger, exception.Message);
                    return [];
                }
            }

            await Task.Delay(s_pauses[attempt], time, cancellationToken);
        }
    }

    /// <summary>Reads the app's answer; keys compare without regard to case, as in Dapr.</summary>
    /// <exception cref="JsonException">It is no list of subscriptions.</exception>
    public static IReadOnlyList<Subscription> Read(ReadOnlySpan<byte> json)
    {
        var entries = JsonSerializer.Deserialize<List<Entry>>(json, s_json) ?? [];
        return [.. entries.Select(ToSubscription)];
    }

    /// <summary>Bulk delivery as the app asks for it, with Dapr's numbers where it names none.</summary>
    internal static BulkSubscribe? BulkOf(bool enabled, int maxMessages, int maxAwaitMilliseconds) => enabled
        ? new BulkSubscribe(maxMessages > 0 ? maxMessages : 100, TimeSpan.FromMilliseconds(maxAwaitMilliseconds > 0 ? maxAwaitMilliseconds : 1000))
        : null;

    private async Task<IReadOnlyList<Subscription>> AskOnceAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/dapr/subscribe", UriKind.Relative));
        using var response = await app.SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound)
            return [];
        if (response.StatusCode != HttpStatusCode.OK)
        {
            PubSubLog.DiscoveryFailed(logger, $"the app answers {(int)response.StatusCode}");
            return [];
        }

        try
        {
            return Read(await response.Content.ReadAsByteArrayAsync(cancellationToken));
        }
        catch (JsonException exception)
        {
            PubSubLog.DiscoveryFailed(logger, $"the answer is no list of subscriptions: {exception.Message}");
            return [];
        }
    }

    private static Subscription ToSubscription(Entry entry)
    {
        List<SubscriptionRule> rules = [.. (entry.Routes?.Rules ?? []).Select(rule => new SubscriptionRule(rule.Match ?? "", rule.Path ?? ""))];
        if (!string.IsNullOrEmpty(entry.Routes?.Default))
            rules.Add(new SubscriptionRule("", entry.Routes.Default));
        else if (!string.IsNullOrEmpty(entry.Route))
            rules.Add(new SubscriptionRule("", entry.Route));
        return new Subscription
        {
            PubSubName = entry.PubSubName ?? "",
            Topic = entry.Topic ?? "",
            Rules = rules,
            DeadLetterTopic = entry.DeadLetterTopic ?? "",
            Metadata = new Dictionary<string, string>(entry.Metadata ?? [], StringComparer.OrdinalIgnoreCase),
            Bulk = BulkOf(entry.BulkSubscribe is { Enabled: true }, entry.BulkSubscribe?.MaxMessagesCount ?? 0, entry.BulkSubscribe?.MaxAwaitDurationMs ?? 0),
            Origin = SubscriptionOrigin.Programmatic,
        };
    }

    private sealed record Entry(
        string? PubSubName, string? Topic, string? Route, Routes? Routes, string? DeadLetterTopic, Dictionary<string, string>? Metadata, Bulk? BulkSubscribe);

    private sealed record Routes(List<Rule>? Rules, string? Default);

    private sealed record Rule(string? Match, string? Path);

    private sealed record Bulk(bool Enabled, int MaxMessagesCount, int MaxAwaitDurationMs);
}
