using Microsoft.Extensions.Logging.Abstractions;
using Sidecar.Components;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;

namespace Conformance;

/// <summary>A folder of its own for one test, and components made in it as a sidecar would make them.</summary>
public sealed class ComponentPlace : IAsyncDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("components-").FullName;

    public SharedInstances Shared { get; } = new();

    public async Task<T> MakeAsync<T>(
        string type, Dictionary<string, string> metadata, TimeProvider? time = null, string appId = "app", TimeSpan? initTimeout = null, string version = "v1")
    {
        var component = new Component
        {
            Name = "under-test",
            Type = type,
            Version = version,
            Metadata = new Dictionary<string, string>(metadata, StringComparer.OrdinalIgnoreCase),
            Location = new SourceLocation("store.yaml", 3),
            InitTimeout = initTimeout ?? TimeSpan.FromSeconds(30),
            MetadataLocations = metadata.Keys.ToDictionary(key => key, _ => new SourceLocation("store.yaml", 9)),
        };
        var context = new ComponentContext
        {
            AppId = appId,
            AppDirectory = Folder,
            HostDirectory = Folder,
            Time = time ?? TimeProvider.System,
            Loggers = NullLoggerFactory.Instance,
            Shared = Shared,
        };
        return (T)await BuiltInComponents.All.Single(factory => factory.Type == type).CreateAsync(component, context, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await Shared.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
