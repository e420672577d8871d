using Sidecar.Components;
using Sidecar.Components.JetStreamPubSub;
using Sidecar.Components.KafkaPubSub;
using Sidecar.Components.PostgreSqlState;
using Sidecar.Components.RabbitMqPubSub;
using Sidecar.Components.Redis;
using Sidecar.Components.RedisPubSub;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;
using Sidecar.Runtime.Resources.Loading;

namespace Deployment.Tests.Resources;

/// <summary>Loads what one app's sidecar would get, with the embedded sidecar's own loader, and has its components read their options; nothing is connected to.</summary>
internal static class LoadedApp
{
    /// <param name="folders">Folders of resources.</param>
    /// <param name="configurations">Files with a Configuration.</param>
    /// <exception cref="ResourceException">A file, a key or a reference is wrong.</exception>
    /// <exception cref="ComponentException">An option is wrong.</exception>
    public static async Task<SidecarResources> LoadAsync(string app, IReadOnlyList<string> folders, IReadOnlyList<string> configurations, ISecretResolver secrets)
    {
        var resources = await ResourceLoader.LoadAsync(
            new ResourceLoadRequest
            {
                AppId = app,
                ResourcesPaths = folders,
                ConfigPaths = configurations,
                Namespace = "orders",
                // Connection strings of components/ come from variables, which somebody has to set.
                Environment = name => name.EndsWith("CONNECTION_STRING", StringComparison.Ordinal) || name.EndsWith("KEY", StringComparison.Ordinal)
                    ? "host=server port=5432 user=orders password=word database=orders"
                    : null,
            },
            secrets,
            CancellationToken.None);
        foreach (var component in resources.Components)
        {
            ReadOptions(component);
        }

        return resources;
    }

    private static void ReadOptions(Component component)
    {
        switch (component.Type)
        {
            case "pubsub.kafka":
                KafkaMetadata.Read(component);
                break;
            case "pubsub.rabbitmq":
                RabbitMqMetadata.Read(component);
                break;
            case "pubsub.jetstream":
                JetStreamOptions.Read(component, ".");
                break;
            case "pubsub.redis":
                RedisPubSubOptions.Read(component);
                RedisOptions.Read(component);
                break;
            case "state.redis":
                RedisOptions.Read(component);
                break;
            // An identity of Azure is real Dapr's alone; what is said beside it is checked by its names (ComponentTypes).
            case "state.postgresql" when !component.Metadata.ContainsKey("useAzureAD"):
                PostgreSqlStateOptions.Read(component);
                break;
        }
    }
}
