using System.Text.Json;
using Dapr.Actors.Client;
using Dapr.Actors.Sidecar;
using Microsoft.Extensions.Logging;

namespace Dapr.Actors.Runtime;

/// <summary>The actors that this application hosts.</summary>
public sealed class ActorRuntime
{
    private readonly Dictionary<string, ActorsOfType> types = new(StringComparer.Ordinal);
    private readonly ActorRuntimeOptions options;

    internal ActorRuntime(ActorRuntimeOptions options, ILoggerFactory loggers, ActorActivatorFactory activators, IActorProxyFactory proxies)
    {
        this.options = options;
        var api = new ActorApi(handler: null, options.HttpEndpoint, options.DaprApiToken, timeout: null);
        foreach (var registration in options.Actors)
        {
            var activator = registration.Activator ?? activators.CreateActivator(registration.Type);
            types[registration.Type.ActorTypeName] = new ActorsOfType(registration.Type, activator, options, loggers, proxies, api);
        }
    }

    /// <summary>The types of actors that were registered.</summary>
    public IReadOnlyList<ActorRegistration> RegisteredActors => options.Actors;

    /// <summary>The actors of a type.</summary>
    /// <exception cref="InvalidOperationException">The type was not registered.</exception>
    internal ActorsOfType OfType(string name) =>
        types.TryGetValue(name, out var found) ? found : throw new InvalidOperationException($"Actor type {name} is not registered with Actor runtime.");

    /// <summary>What <c>GET /dapr/config</c> answers.</summary>
    internal byte[] WriteConfiguration()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            WriteEntities(writer, options.Actors);
            Write(writer, options);
            var own = options.Actors.Where(actor => actor.TypeOptions is not null).ToList();
            if (own.Count > 0)
                WriteOwn(writer, own);

            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static void WriteOwn(Utf8JsonWriter writer, IEnumerable<ActorRegistration> actors)
    {
        writer.WriteStartArray("entitiesConfig");
        foreach (var actor in actors)
        {
            writer.WriteStartObject();
            WriteEntities(writer, [actor]);
            Write(writer, actor.TypeOptions);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteEntities(Utf8JsonWriter writer, IEnumerable<ActorRegistration> actors)
    {
        writer.WriteStartArray("entities");
        foreach (var actor in actors)
            writer.WriteStringValue(actor.Type.ActorTypeName);

        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, ActorRuntimeOptions options)
    {
        WriteDuration("actorIdleTimeout", options.ActorIdleTimeout);
        WriteDuration("actorScanInterval", options.ActorScanInterval);
        WriteDuration("drainOngoingCallTimeout", options.DrainOngoingCallTimeout);
        if (options.DrainRebalancedActors)
            writer.WriteBoolean("drainRebalancedActors", true);

        if (options.RemindersStoragePartitions is { } partitions)
            writer.WriteNumber("remindersStoragePartitions", partitions);

        writer.WriteStartObject("reentrancy");
        writer.WriteBoolean("enabled", options.ReentrancyConfig.Enabled);
        if (options.ReentrancyConfig.MaxStackDepth is { } depth)
            writer.WriteNumber("maxStackDepth", depth);

        writer.WriteEndObject();

        void WriteDuration(string name, TimeSpan? time)
        {
            if (time is { } value)
                writer.WriteString(name, Schedules.WriteDuration(value));
        }
    }
}
