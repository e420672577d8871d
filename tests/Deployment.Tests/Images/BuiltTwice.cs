namespace Deployment.Tests.Images;

/// <summary>The Gateway, which has most of what a service can have, as <c>deploy/images</c> builds it for both architectures: twice, from two copies of one commit, one after the other.</summary>
public sealed class BuiltTwice : IAsyncLifetime
{
    private readonly Lazy<Task> _built;
    private readonly List<IDisposable> _copies = [];

    public BuiltTwice() => _built = new Lazy<Task>(BuildAsync);

    internal StandInRegistry Registry { get; private set; } = null!;

    internal CommittedCopy Copy { get; private set; } = null!;

    /// <summary>What was built: the file, and the digest that was printed.</summary>
    internal List<(string Archive, string Digest)> Builds { get; } = [];

    /// <summary>Options that make an image of the Gateway upon the stand-in for its base. The official Dapr packages cannot be had everywhere.</summary>
    internal string[] Options => ["--only", "gateway", "--sdk", "source", "--registry", $"{Registry.Host}/shop", "--base", Registry.BaseImage];

    /// <summary>Comes back when both are built. A test that is skipped does not ask.</summary>
    internal Task WhenBuiltAsync() => _built.Value;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _copies.ForEach(copy => copy.Dispose());
        if (Registry is not null)
            await Registry.DisposeAsync();
    }

    private async Task BuildAsync()
    {
        Registry = await StandInRegistry.StartAsync();
        foreach (var under in (string[])["a", "another/folder"])
        {
            Copy = await CommittedCopy.MakeAsync(under);
            _copies.Add(Copy);
            var digest = await Copy.ImagesAsync([.. Options, "--output", "out"]);
            Builds.Add((Path.Combine(Copy.Root, "out", "orders-gateway.tar"), digest));
        }
    }
}
