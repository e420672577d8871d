#nullable enable
using System.Text.Json;

namespace Dapr.Actors.Runtime;

/// <summary>Which actors an application hosts and how its sidecar is to treat them (<c>GET /dapr/config</c>).</summary>
public sealed class ActorRuntimeOptions
{
    private TimeSpan? idleTimeout;
    private TimeSpan? scanInterval;
    private TimeSpan? drainTimeout;
    private JsonSerializerOptions json = new(JsonSerializerDefaults.Web);
    private string? token = string.Empty;
    private int? partitions;

    /// <summary>No actors yet, and the sidecar's own settings.</summary>
    public ActorRuntimeOptions()
    {
    }

    /// <summary>The types of actors.</summary>
    public ActorRegistrationCollection Actors { get; } = [];

    /// <summary>How long an actor may have nothing to do before it is deactivated; the sidecar's 60 minutes unless said.</summary>
    public TimeSpan? ActorIdleTimeout
    {
        get => idleTimeout;
        set => idleTimeout = Positive(value);
    }

    /// <summary>How often idle actors were looked for; today's sidecars do not need it.</summary>
    public TimeSpan? ActorScanInterval
    {
        get => scanInterval;
        set => scanInterval = Positive(value);
    }

    /// <summary>How long a call may go on when its actor has to move to another host.</summary>
    public TimeSpan? DrainOngoingCallTimeout
    {
        get => drainTimeout;
        set => drainTimeout = Positive(value);
    }

    /// <summary>Whether calls may go on for that long.</summary>
    public bool DrainRebalancedActors { get; set; }

    /// <summary>Whether a chain of calls may come back to an actor that is part of it.</summary>
    public ActorReentrancyConfig ReentrancyConfig { get; set; } = new();

    /// <summary>Whether typed proxies send JSON instead of DataContract messages. They must be told the same.</summary>
    public bool UseJsonSerialization { get; set; }

    /// <summary>How state, JSON arguments and results are written.</summary>
    public JsonSerializerOptions JsonSerializerOptions
    {
        get => json;
        set => json = value ?? throw new ArgumentNullException(nameof(value), "ActorRuntimeOptions.JsonSerializerOptions cannot be null.");
    }

    /// <summary>The token that the sidecar asks for; what configuration and environment say unless set.</summary>
    public string? DaprApiToken
    {
        get => token;
        set => token = value ?? throw new ArgumentNullException(nameof(value), "ActorRuntimeOptions.DaprApiToken cannot be null.");
    }

    /// <summary>How many records the reminders of a type were spread over; today's sidecars do not need it.</summary>
    public int? RemindersStoragePartitions
    {
        get => partitions;
        set => partitions = value is null or >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "must not be negative");
    }

    /// <summary>HTTP address of the sidecar; what configuration and environment say unless set.</summary>
    public string? HttpEndpoint { get; set; }

    private static TimeSpan? Positive(TimeSpan? value) =>
        value is null || value > TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "must be positive");
}
