namespace Platform.Tests;

/// <summary>A platform that the tests of one collection share.</summary>
public abstract class PlatformFixture(int replicas) : IAsyncLifetime
{
    public RunningPlatform Platform { get; private set; } = null!;

    public async Task InitializeAsync() => Platform = await RunningPlatform.StartAsync(replicas);

    public async Task DisposeAsync()
    {
        await Platform.DisposeAsync();
        Platform.Forget();
    }
}

/// <summary>One instance of every service.</summary>
public sealed class OneReplica() : PlatformFixture(1)
{
    public const string Collection = "one replica of every service";
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
