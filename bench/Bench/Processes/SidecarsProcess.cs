using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Sidecar.Components;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Resources;
using Sidecar.Runtime.State;

namespace Bench.Processes;

/// <summary>
/// A host process with two sidecars, "caller" without an app and "callee" in front of the app on the given port, as `sidecar run -f` would hold them. Both share this process.
/// A folder that is given keeps its state, so that another process can go on with it.
/// </summary>
internal static class SidecarsProcess
{
    public const string Role = "__sidecars";

    public static async Task RunAsync(string[] args)
    {
        var appPort = int.Parse(args[0], CultureInfo.InvariantCulture);
        var store = args[1];
        var isKept = args.Length > 2;
        var folder = isKept ? args[2] : Directory.CreateTempSubdirectory("bench-").FullName;
        try
        {
            await using var shared = new SharedInstances();
            await using var scheduler = await OpenSchedulerAsync(folder, shared);
            var resources = new SidecarResources { Components = [Statestore(store), new Component { Name = "pubsub", Type = "pubsub.embedded" }] };
            await using var host = await SidecarHost.StartAsync(new SidecarHostOptions
            {
                Sidecars =
                [
                    new SidecarDefinition(new SidecarOptions { AppId = "caller", AppDirectory = folder }, resources),
                    new SidecarDefinition(new SidecarOptions { AppId = "callee", AppPort = appPort, AppDirectory = folder }, resources),
                ],
                Factories = BuiltInComponents.All,
                SchedulerStore = scheduler,
                HostDirectory = folder,
            });
            await host.WaitUntilReadyAsync();
            await Child.ServeAsync(new Dictionary<string, int> { ["http"] = host.Sidecars[0].HttpPort, ["grpc"] = host.Sidecars[0].GrpcPort, ["callee"] = host.Sidecars[1].HttpPort });
        }
        finally
        {
            if (!isKept)
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private static Component Statestore(string type) => new()
    {
        Name = "statestore",
        Type = type,
        Metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["connectionString"] = "state.db", ["actorStateStore"] = "true" },
    };

    private static async Task<IStateStore> OpenSchedulerAsync(string folder, SharedInstances shared) =>
        (IStateStore)await BuiltInComponents.All.Single(factory => factory.Type == "state.in-memory").CreateAsync(
            new Component { Name = "scheduler", Type = "state.in-memory" },
            new ComponentContext { AppId = "scheduler", AppDirectory = folder, HostDirectory = folder, Loggers = NullLoggerFactory.Instance, Shared = shared },
            CancellationToken.None);
}
