using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Sidecar.Components;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Resources;
using Sidecar.Runtime.State;

namespace Bench.Processes;

/// <summary>A host process with as many sidecars as it is told, each with a SQLite file of its own, the shared broker and a secret store, as the services of a platform have them.</summary>
internal static class ManySidecars
{
    public const string Role = "__many";

    public static async Task RunAsync(string[] args)
    {
        var count = int.Parse(args[0], CultureInfo.InvariantCulture);
        var folder = Directory.CreateTempSubdirectory("bench-").FullName;
        try
        {
            await using var shared = new SharedInstances();
            await using var scheduler = (IStateStore)await BuiltInComponents.All.Single(factory => factory.Type == "state.in-memory").CreateAsync(
                new Component { Name = "scheduler", Type = "state.in-memory" },
                new ComponentContext { AppId = "scheduler", AppDirectory = folder, HostDirectory = folder, Loggers = NullLoggerFactory.Instance, Shared = shared },
                CancellationToken.None);
            await using var host = await SidecarHost.StartAsync(new SidecarHostOptions
            {
                Sidecars = [.. Enumerable.Range(0, count).Select(i => new SidecarDefinition(new SidecarOptions { AppId = $"app-{i}", AppDirectory = folder }, Resources(i)))],
                Factories = BuiltInComponents.All,
                SchedulerStore = scheduler,
                HostDirectory = folder,
            });
            await host.WaitUntilReadyAsync();
            await Child.ServeAsync(host.Sidecars.Select((sidecar, i) => (i, sidecar.HttpPort)).ToDictionary(port => port.i.ToString(CultureInfo.InvariantCulture), port => port.HttpPort));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static SidecarResources Resources(int i) => new()
    {
        Components =
        [
            new Component { Name = "pubsub", Type = "pubsub.embedded" },
            new Component { Name = "secretstore", Type = "secretstores.local.env" },
            new Component
            {
                Name = "statestore",
                Type = "state.sqlite",
                Metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["connectionString"] = $"state-{i}.db", ["actorStateStore"] = "true" },
            },
        ],
    };
}
