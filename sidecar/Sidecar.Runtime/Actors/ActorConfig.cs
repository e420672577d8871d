using System.Text.Json;
using Sidecar.Runtime.Resources.Loading;

namespace Sidecar.Runtime.Actors;

/// <summary>How the actors of one type behave; the defaults are Dapr's.</summary>
internal sealed record ActorTypeSettings
{
    /// <summary>An actor nobody calls for so long is deactivated.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(60);

    /// <summary>How long a call under way may go on when its actor has to leave the host; zero cuts it off.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>A call may come back to an actor it has passed through.</summary>
    public bool IsReentrant { get; init; }

    /// <summary>Most calls of one chain in one actor.</summary>
    public int MaxStackDepth { get; init; } = 32;
}

/// <summary>What an app says of its actors under <c>GET /dapr/config</c>: the settings of each type it hosts.</summary>
internal static class ActorConfig
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web);

    /// <summary>Reads the app's answer. Settings of a single type take the place of the general ones altogether, as in Dapr.</summary>
    /// <exception cref="JsonException">It is no configuration.</exception>
    /// <exception cref="FormatException">A duration in it is none.</exception>
    public static IReadOnlyDictionary<string, ActorTypeSettings> Read(ReadOnlySpan<byte> json)
    {
        var config = JsonSerializer.Deserialize<AppConfigJson>(json, s_json);
        var types = new Dictionary<string, ActorTypeSettings>(StringComparer.Ordinal);
        if (config is null)
            return types;

        var general = ToSettings(config.ActorIdleTimeout, config.DrainOngoingCallTimeout, config.DrainRebalancedActors, config.Reentrancy);
        foreach (var type in config.Entities ?? [])
            types[type] = general;
        foreach (var entity in config.EntitiesConfig ?? [])
        {
            var own = ToSettings(entity.ActorIdleTimeout, entity.DrainOngoingCallTimeout, entity.DrainRebalancedActors, entity.Reentrancy);
            foreach (var type in (entity.Entities ?? []).Where(types.ContainsKey))
                types[type] = own;
        }

        return types;
    }

    private static ActorTypeSettings ToSettings(string? idle, string? drain, bool? drains, ReentrancyJson? reentrancy)
    {
        var defaults = new ActorTypeSettings();
        return new ActorTypeSettings
        {
            IdleTimeout = Duration("actorIdleTimeout", idle, defaults.IdleTimeout),
            DrainTimeout = drains == false ? TimeSpan.Zero : Duration("drainOngoingCallTimeout", drain, defaults.DrainTimeout),
            IsReentrant = reentrancy?.Enabled ?? false,
            MaxStackDepth = reentrancy?.MaxStackDepth ?? defaults.MaxStackDepth,
        };
    }

    private static TimeSpan Duration(string key, string? text, TimeSpan otherwise)
    {
        if (string.IsNullOrEmpty(text))
            return otherwise;
        return GoDuration.TryParse(text, out var duration) && duration >= TimeSpan.Zero ? duration : throw new FormatException($"{key} '{text}' is no duration such as 1h or 30s");
    }

    private sealed record AppConfigJson(
        string[]? Entities, string? ActorIdleTimeout, string? DrainOngoingCallTimeout, bool? DrainRebalancedActors, ReentrancyJson? Reentrancy, EntityConfigJson[]? EntitiesConfig);

    private sealed record EntityConfigJson(
        string[]? Entities, string? ActorIdleTimeout, string? DrainOngoingCallTimeout, bool? DrainRebalancedActors, ReentrancyJson? Reentrancy);

    private sealed record ReentrancyJson(bool Enabled, int? MaxStackDepth);
}
