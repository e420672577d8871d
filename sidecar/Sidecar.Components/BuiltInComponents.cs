using Sidecar.Components.BearerMiddleware;
using Sidecar.Components.CronBinding;
using Sidecar.Components.EmbeddedConfiguration;
using Sidecar.Components.EmbeddedLock;
using Sidecar.Components.EmbeddedPubSub;
using Sidecar.Components.HttpBinding;
using Sidecar.Components.InMemoryPubSub;
using Sidecar.Components.InMemoryState;
using Sidecar.Components.JetStreamPubSub;
using Sidecar.Components.KafkaPubSub;
using Sidecar.Components.LocalCryptography;
using Sidecar.Components.LocalEnvSecrets;
using Sidecar.Components.LocalFileSecrets;
using Sidecar.Components.LocalStorageBinding;
using Sidecar.Components.PostgreSqlConfiguration;
using Sidecar.Components.PostgreSqlState;
using Sidecar.Components.RabbitMqPubSub;
using Sidecar.Components.RateLimitMiddleware;
using Sidecar.Components.RedisConfiguration;
using Sidecar.Components.RedisLock;
using Sidecar.Components.RedisPubSub;
using Sidecar.Components.RedisState;
using Sidecar.Components.SqliteState;
using Sidecar.Components.UppercaseMiddleware;
using Sidecar.Runtime.Components;

namespace Sidecar.Components;

/// <summary>The component types that the embedded sidecar carries. A type that is not in this list is unknown.</summary>
public static class BuiltInComponents
{
    /// <summary>One factory for each type.</summary>
    public static IReadOnlyList<IComponentFactory> All { get; } =
    [
        new CronBindingFactory(),
        new HttpBindingFactory(),
        new LocalStorageBindingFactory(),
        new JwksCryptoFactory(),
        new LocalStorageCryptoFactory(),
        new BearerMiddlewareFactory(),
        new RateLimitMiddlewareFactory(),
        new UppercaseMiddlewareFactory(),
        new EmbeddedConfigurationFactory(),
        new EmbeddedLockFactory(),
        new EmbeddedPubSubFactory(),
        new InMemoryPubSubFactory(),
        new JetStreamPubSubFactory(),
        new KafkaPubSubFactory(),
        new PostgreSqlConfigurationFactory(),
        new RabbitMqPubSubFactory(),
        new RedisConfigurationFactory(),
        new RedisLockFactory(),
        new RedisPubSubFactory(),
        new InMemoryStateFactory(),
        new PostgreSqlStateFactory(),
        new RedisStateFactory(),
        new SqliteStateFactory(),
        new LocalEnvSecretsFactory(),
        new LocalFileSecretsFactory(),
    ];
}
