using Conformance;
using Sidecar.Servers;

namespace Platform.Tests;

/// <summary>
/// The same scenarios on real brokers and databases, with two instances of every service: consumers compete, and what a broker does not promise has to be coped with.
/// Each pair puts one more broker and one more store to the test; the servers are the run's own.
/// </summary>
public abstract class OnServers(string broker, string store, int replicas = 2) : PlatformFixture(replicas)
{
    protected override PlatformSettings Settings => new() { Broker = broker, Store = store, Arguments = ["--start-servers"] };

    // Without its programs there is nothing to start: the tests are skipped, and say why.
    public override Task InitializeAsync() => IsMissing(broker) || IsMissing(store) ? Task.CompletedTask : base.InitializeAsync();

    public override Task DisposeAsync() => Platform is null ? Task.CompletedTask : base.DisposeAsync();

    private static bool IsMissing(string name) => PrivateServers.Names.Contains(name) && PrivateServers.Missing(name) is not null;
}

public sealed class OnRabbitMqAndPostgreSql() : OnServers("rabbitmq", "postgresql");

public sealed class OnNatsAndInMemory() : OnServers("nats", "in-memory");

public sealed class OnKafkaAndSqlite() : OnServers("kafka", "sqlite");

/// <summary>One instance: transactions of state.redis do not roll back, so replicas are not safe on it (RedisGuaranteesTests shows what fails).</summary>
public sealed class OnRedisAndRedis() : OnServers("redis", "redis", replicas: 1);

[Trait(LongSuite.Trait, LongSuite.Name)]
[NeedsServer("rabbitmq"), NeedsServer("postgresql")]
public sealed class ScenariosOnRabbitMqAndPostgreSql(OnRabbitMqAndPostgreSql fixture) : Scenarios(fixture.Platform), IClassFixture<OnRabbitMqAndPostgreSql>;

[Trait(LongSuite.Trait, LongSuite.Name)]
[NeedsServer("nats")]
public sealed class ScenariosOnNatsAndInMemory(OnNatsAndInMemory fixture) : Scenarios(fixture.Platform), IClassFixture<OnNatsAndInMemory>;

/// <summary>Kafka here is librdkafka's mock cluster over TCP, not Apache Kafka.</summary>
[Trait(LongSuite.Trait, LongSuite.Name)]
[NeedsServer("kafka")]
public sealed class ScenariosOnKafkaAndSqlite(OnKafkaAndSqlite fixture) : Scenarios(fixture.Platform), IClassFixture<OnKafkaAndSqlite>;

[Trait(LongSuite.Trait, LongSuite.Name)]
[NeedsServer("redis")]
public sealed class ScenariosOnRedisAndRedis(OnRedisAndRedis fixture) : Scenarios(fixture.Platform), IClassFixture<OnRedisAndRedis>;
