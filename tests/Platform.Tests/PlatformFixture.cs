using Platform.Tests.Observed;

namespace Platform.Tests;

/// <summary>A platform that the tests of one collection share.</summary>
public abstract class PlatformFixture(int replicas) : IAsyncLifetime
{
    public RunningPlatform Platform { get; private set; } = null!;

    public virtual async Task InitializeAsync() => Platform = await RunningPlatform.StartAsync(replicas, settings: Settings);

    public virtual async Task DisposeAsync()
    {
        await Platform.DisposeAsync();
        Platform.Forget();
    }

    protected virtual PlatformSettings Settings => new();
}

/// <summary>
/// One instance of every service, guarded and observed as in production: sidecars and services ask each other for tokens, let through what a cluster's access control lets through,
/// and send their spans to collectors in this process.
/// Every scenario has to hold that way too.
/// </summary>
public sealed class OneReplica() : PlatformFixture(1)
{
    public const string Collection = "one replica of every service";

    /// <summary>What the services and their sidecars tell of their work.</summary>
    public Collector Collector { get; private set; } = null!;

    public string ApiToken { get; } = $"api-{Guid.NewGuid():N}";

    public string AppToken { get; } = $"app-{Guid.NewGuid():N}";

    protected override PlatformSettings Settings => new()
    {
        Loyalty = RunningPlatform.HasLoyalty,
        ApiToken = ApiToken,
        AppToken = AppToken,
        RunFile = ClusterAccess.RunFile(Collector.ConfigurationFile),
        Arguments = ["--swap", $"components/configuration.yaml={Collector.ConfigurationFile}"],
        Environment = new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Collector.Address.ToString(),
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "500",
        },
    };

    public override async Task InitializeAsync()
    {
        Collector = await Collector.StartAsync();
        await base.InitializeAsync();
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await Collector.DisposeAsync();
    }
}

/// <summary>Two instances of every service: no lock or cache inside a process may carry correctness.</summary>
public sealed class TwoReplicas() : PlatformFixture(2)
{
    public const string Collection = "two replicas of every service";
}

[CollectionDefinition(OneReplica.Collection)]
public sealed class OneReplicaCollection : ICollectionFixture<OneReplica>;

[CollectionDefinition(TwoReplicas.Collection)]
public sealed class TwoReplicasCollection : ICollectionFixture<TwoReplicas>;
