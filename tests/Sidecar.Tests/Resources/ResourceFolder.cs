using Sidecar.Runtime.Resources;
using Sidecar.Runtime.Resources.Loading;

namespace Sidecar.Tests.Resources;

/// <summary>A resources folder of one test, with secret stores that live in memory.</summary>
internal sealed class ResourceFolder : ISecretResolver, IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("resources-").FullName;

    public Dictionary<string, Dictionary<string, Dictionary<string, string>>> Secrets { get; } = [];

    public List<string> Initialised { get; } = [];

    public Dictionary<string, string> Environment { get; } = [];

    public string FileOf(string name) => System.IO.Path.Combine(Path, name);

    public ResourceFolder With(string file, string yaml)
    {
        File.WriteAllText(FileOf(file), yaml);
        return this;
    }

    public Task<SidecarResources> LoadAsync(string appId = "orders", Func<ResourceLoadRequest, ResourceLoadRequest>? change = null)
    {
        var request = new ResourceLoadRequest
        {
            AppId = appId,
            ResourcesPaths = [Path],
            Environment = name => Environment.GetValueOrDefault(name),
            KnownComponentTypes = ["state.sqlite", "state.in-memory", "pubsub.in-memory", "secretstores.local.file", "secretstores.local.env"],
        };
        return ResourceLoader.LoadAsync(change is null ? request : change(request), this, CancellationToken.None);
    }

    public async Task<ResourceException> FailAsync(Func<ResourceLoadRequest, ResourceLoadRequest>? change = null) =>
        await Assert.ThrowsAsync<ResourceException>(() => LoadAsync(change: change));

    public Task InitializeAsync(Component secretStore, CancellationToken cancellationToken)
    {
        Initialised.Add(secretStore.Name);
        return Task.CompletedTask;
    }

    public ValueTask<IReadOnlyDictionary<string, string>?> GetAsync(string secretStore, string secretName, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyDictionary<string, string>?>(Secrets.GetValueOrDefault(secretStore)?.GetValueOrDefault(secretName));

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
