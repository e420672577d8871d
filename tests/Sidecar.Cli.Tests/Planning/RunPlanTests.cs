using Sidecar.Cli.Planning;
using Sidecar.Cli.RunFiles;
using Sidecar.Runtime.Resources;

namespace Sidecar.Cli.Tests.Planning;

public sealed class RunPlanTests : IDisposable
{
    private readonly TemporaryFolder _folder = new TemporaryFolder().WithFolder("orders").WithFolder("carrier")
        .WithFolder("components", "pubsub", "redis").WithFolder("components", "pubsub", "embedded")
        .WithFile("components/configuration.yaml", "kind: Configuration\n").WithFile("components/quiet.yaml", "kind: Configuration\n")
        .WithFile("components/common/endpoints.yaml", "kind: HTTPEndpoint\nmetadata: {name: carrier}\nspec: {baseUrl: http://localhost:5002/api}\nscopes: [orders]\n");

    public void Dispose() => _folder.Dispose();

    private RunPlan Plan(RunSettings settings, Dictionary<string, string>? environment = null)
    {
        var next = 20_000;
        return new RunPlanner(settings, () => next++, name => environment?.GetValueOrDefault(name)).Plan(Template());
    }

    private RunTemplate Template() => RunTemplateReader.Parse(
        """
        version: 1
        common:
          resourcesPaths: [components/pubsub/redis, components/common]
          configFilePath: components/configuration.yaml
          env: {CARRIER: "http://127.0.0.1:5002/x", OTHER: "http://localhost:50021"}
        apps:
        - {appDirPath: orders, appPort: 5001, daprHTTPPort: 3501, command: [run, --urls, "http://0.0.0.0:5001"]}
        - {appDirPath: carrier, appPort: 5002, command: [run]}
        """,
        "dapr.yaml", _folder.Path, _folder["home"]);

    [Fact]
    public void A_plain_run_uses_the_declared_ports_and_finds_free_ones_for_the_rest()
    {
        var plan = Plan(new RunSettings());

        Assert.Equal(["orders", "carrier"], plan.Instances.Select(instance => instance.Label));
        var orders = plan.Instances[0];
        Assert.Equal((5001, 3501, 20_000, 20_001), (orders.Sidecar.AppPort, orders.Sidecar.HttpPort, orders.Sidecar.GrpcPort, orders.Sidecar.MetricsPort));
        Assert.Equal((_folder[".dapr"], _folder["orders"], _folder["orders", ".dapr", "logs"]), (plan.HostDirectory, orders.Sidecar.DataDirectory, orders.LogDirectory));
        Assert.Empty(orders.Sidecar.LoopbackPorts);
    }

    [Fact]
    public void An_app_is_told_its_ports_in_its_environment()
    {
        var environment = Plan(new RunSettings { Environment = new Dictionary<string, string> { ["EXTRA"] = "1" } }).Instances[0].Environment;

        Assert.Equal(
            ["APP_CHANNEL_ADDRESS=127.0.0.1", "APP_ID=orders", "APP_PORT=5001", "APP_PROTOCOL=http", "CARRIER=http://127.0.0.1:5002/x", "DAPR_GRPC_PORT=20000",
                "DAPR_HTTP_PORT=3501", "DAPR_METRICS_PORT=20001", "EXTRA=1", "OTHER=http://localhost:50021"],
            environment.Select(variable => $"{variable.Key}={variable.Value}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_the_file_or_the_command_line_says_wins_over_what_every_app_is_told()
    {
        var said = new Dictionary<string, string> { ["APP_PROTOCOL"] = "mine", ["DAPR_HTTP_PORT"] = "1" };

        var declared = Plan(new RunSettings { Environment = said }).Instances[0].Environment;
        var moved = Plan(new RunSettings { Environment = said, FreePorts = true }).Instances[0];

        Assert.Equal(("mine", "1"), (declared["APP_PROTOCOL"], declared["DAPR_HTTP_PORT"]));
        Assert.Equal(("mine", $"{moved.Sidecar.HttpPort}"), (moved.Environment["APP_PROTOCOL"], moved.Environment["DAPR_HTTP_PORT"]));
    }

    [Fact]
    public void An_app_can_be_left_out()
    {
        Assert.Equal(["carrier"], Plan(new RunSettings { Without = ["orders"] }).Instances.Select(instance => instance.Label));

        var error = Assert.Throws<ResourceException>(() => Plan(new RunSettings { Without = ["nobody"] }));
        Assert.Contains("--without nobody: there is no such app; there are: orders, carrier", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_swap_replaces_the_end_of_a_resources_path()
    {
        var plan = Plan(new RunSettings { Swaps = [("components/pubsub/redis", "components/pubsub/embedded")] });

        Assert.All(plan.Instances, instance => Assert.Equal([_folder["components", "pubsub", "embedded"], _folder["components", "common"]], instance.Sidecar.ResourcesPaths));
    }

    [Fact]
    public void A_swap_replaces_a_configuration_file_by_its_sibling_or_by_an_absolute_path()
    {
        var sibling = Plan(new RunSettings { Swaps = [("components/configuration.yaml", "components/quiet.yaml")] });
        var absolute = Plan(new RunSettings { Swaps = [("configuration.yaml", _folder["components", "quiet.yaml"])] });

        Assert.All(sibling.Instances.Concat(absolute.Instances), instance => Assert.Equal([_folder["components", "quiet.yaml"]], instance.Sidecar.ConfigPaths));
    }

    [Theory]
    [InlineData("pubsub/kafka", "pubsub/embedded", "no resources path and no configuration file ends in 'pubsub/kafka'")]
    [InlineData("sub/redis", "pubsub/embedded", "no resources path and no configuration file ends in 'sub/redis'")]
    [InlineData("pubsub/redis", "pubsub/rocket", "does not exist")]
    public void A_swap_that_fits_nothing_or_leads_nowhere_is_refused(string from, string to, string problem)
    {
        var error = Assert.Throws<ResourceException>(() => Plan(new RunSettings { Swaps = [(from, to)] }));

        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Replicas_share_their_app_id_and_an_app_reached_by_its_address_stays_single()
    {
        var plan = Plan(new RunSettings { Replicas = 3 });

        Assert.Equal(["orders", "orders-2", "orders-3", "carrier"], plan.Instances.Select(instance => instance.Label));
        Assert.Equal(["orders", "orders", "orders", "carrier"], plan.Instances.Select(instance => instance.Sidecar.AppId));
        Assert.Equal((5001, 3501), (plan.Instances[0].Sidecar.AppPort, plan.Instances[0].Sidecar.HttpPort));
        var ports = plan.Instances.SelectMany(instance => new[] { instance.Sidecar.AppPort, instance.Sidecar.HttpPort, instance.Sidecar.GrpcPort, instance.Sidecar.MetricsPort }).ToList();
        Assert.Equal(ports.Count, ports.Distinct().Count());
    }

    [Fact]
    public void Addresses_in_commands_and_environment_follow_the_ports()
    {
        var second = Plan(new RunSettings { Replicas = 2 }).Instances[1];

        Assert.Equal(["run", "--urls", $"http://0.0.0.0:{second.Sidecar.AppPort}"], second.Command);
        Assert.Equal("http://127.0.0.1:5002/x", second.Environment["CARRIER"]);
    }

    [Fact]
    public void Free_ports_move_every_port_and_the_addresses_that_name_them()
    {
        var plan = Plan(new RunSettings { FreePorts = true });

        var (orders, carrier) = (plan.Instances[0], plan.Instances[1]);
        Assert.All(new[] { orders.Sidecar.AppPort, orders.Sidecar.HttpPort, carrier.Sidecar.AppPort }, port => Assert.InRange(port, 20_000, 20_100));
        Assert.Equal(carrier.Sidecar.AppPort, orders.Sidecar.LoopbackPorts[5002]);
        Assert.Equal($"http://127.0.0.1:{carrier.Sidecar.AppPort}/x", orders.Environment["CARRIER"]);
        Assert.Equal("http://localhost:50021", orders.Environment["OTHER"]);
        Assert.Equal($"http://0.0.0.0:{orders.Sidecar.AppPort}", orders.Command[2]);
    }

    [Fact]
    public void A_data_folder_holds_everything_that_is_written()
    {
        var plan = Plan(new RunSettings { DataDirectory = _folder["data"], Replicas = 2 });

        Assert.Equal(_folder["data"], plan.HostDirectory);
        Assert.All(plan.Instances, instance => Assert.Equal(_folder["data", instance.Sidecar.AppId], instance.Sidecar.DataDirectory));
        Assert.All(plan.Instances, instance => Assert.Equal(_folder["data", "logs"], instance.LogDirectory));
        Assert.Equal(_folder["orders"], plan.Instances[0].Sidecar.AppDirectory);
    }

    [Fact]
    public void Tokens_come_from_the_environment_and_the_run_file()
    {
        var plan = Plan(
            new RunSettings { Environment = new Dictionary<string, string> { ["APP_API_TOKEN"] = "app" } },
            new Dictionary<string, string> { ["DAPR_API_TOKEN"] = "dapr", ["NAMESPACE"] = "shop" });

        Assert.All(plan.Instances, instance => Assert.Equal(("dapr", "app", "shop"), (instance.Sidecar.ApiToken, instance.Sidecar.AppToken, instance.Sidecar.Namespace)));
    }
}
