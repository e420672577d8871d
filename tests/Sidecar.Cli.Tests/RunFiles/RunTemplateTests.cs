using Sidecar.Cli.RunFiles;
using Sidecar.Runtime.Resources;

namespace Sidecar.Cli.Tests.RunFiles;

public sealed class RunTemplateTests : IDisposable
{
    private readonly TemporaryFolder _folder = new TemporaryFolder().WithFolder("orders").WithFolder("payments").WithFolder("home");

    public void Dispose() => _folder.Dispose();

    private RunTemplate Read(string yaml) => RunTemplateReader.Read(_folder.WithFile("dapr.yaml", yaml).Path, TextReader.Null, _folder["home"]);

    private AppTemplate ReadApp(string app, string common = "") => Read($"version: 1\n{common}apps:\n- appDirPath: orders\n{app}").Apps.Single();

    private ResourceException Refused(string yaml) => Assert.Throws<ResourceException>(() => Read(yaml));

    [Fact]
    public void An_app_that_says_only_its_folder_has_dapr_s_defaults()
    {
        var app = ReadApp("");

        Assert.Equal(("orders", _folder["orders"]), (app.AppId, app.AppDirectory));
        Assert.Equal((0, 0, 0, 0), (app.AppPort, app.DaprHttpPort, app.DaprGrpcPort, app.MetricsPort));
        Assert.Equal(("http", "127.0.0.1", "info", -1, 4L << 20), (app.AppProtocol, app.AppChannelAddress, app.LogLevel, app.MaxConcurrency, app.MaxBodySize));
        Assert.Equal((LogDestination.File | LogDestination.Console, LogDestination.File), (app.AppLog, app.SidecarLog));
        Assert.Null(app.HealthCheck);
        Assert.Empty(app.Command);
        Assert.Empty(app.ResourcesPaths);
    }

    [Fact]
    public void Every_field_is_read()
    {
        _folder.WithFolder("orders", "res").WithFile("orders/config.yaml", "");
        var app = ReadApp("""
              appID: shop
              appPort: 5001
              command: [dotnet, shop.dll, "8"]
              daprHTTPPort: 3501
              daprGRPCPort: 50011
              daprInternalGRPCPort: 50012
              metricsPort: 9091
              profilePort: 7001
              appChannelAddress: 127.0.0.2
              configFilePath: config.yaml
              resourcesPaths: [res]
              appProtocol: h2c
              env: {A: 1, B: two}
              appLogDestination: file
              daprdLogDestination: fileAndConsole
              logLevel: DEBUG
              appMaxConcurrency: 3
              enableAppHealthCheck: true
              appHealthCheckPath: /ready
              appHealthProbeInterval: 1
              appHealthProbeTimeout: 250
              appHealthThreshold: 2
              enableApiLogging: true
              enableProfiling: true
              maxBodySize: 16Mi
              readBufferSize: 8Ki
              apiListenAddresses: "0.0.0.0,[::1]"
              placementHostAddress: localhost:50005
              schedulerHostAddress: localhost:50006
              runtimePath: /opt
              containerImage: shop:1
              containerImagePullPolicy: Always
              createService: true
            """);

        Assert.Equal(("shop", 5001, 3501, 50011, 9091), (app.AppId, app.AppPort, app.DaprHttpPort, app.DaprGrpcPort, app.MetricsPort));
        Assert.Equal(["dotnet", "shop.dll", "8"], app.Command);
        Assert.Equal(("h2c", "127.0.0.2", "0.0.0.0", "debug", 3, true, 16L << 20), (app.AppProtocol, app.AppChannelAddress, app.ListenAddress, app.LogLevel, app.MaxConcurrency, app.ApiLogging, app.MaxBodySize));
        Assert.Equal([_folder["orders", "res"]], app.ResourcesPaths);
        Assert.Equal([_folder["orders", "config.yaml"]], app.ConfigPaths);
        Assert.Equal("1 two", $"{app.Environment["A"]} {app.Environment["B"]}");
        Assert.Equal((LogDestination.File, LogDestination.File | LogDestination.Console), (app.AppLog, app.SidecarLog));
        Assert.Equal(("/ready", 1.0, 250.0, 2), (app.HealthCheck!.Path, app.HealthCheck.Interval.TotalSeconds, app.HealthCheck.Timeout.TotalMilliseconds, app.HealthCheck.Threshold));
    }

    [Fact]
    public void What_an_app_says_wins_over_what_is_common()
    {
        var app = ReadApp("  logLevel: error\n  env: {A: app}\n", "common:\n  logLevel: debug\n  appHealthThreshold: 9\n  enableAppHealthCheck: true\n  env: {A: common, B: common}\n");

        Assert.Equal(("error", 9), (app.LogLevel, app.HealthCheck!.Threshold));
        Assert.Equal(("app", "common"), (app.Environment["A"], app.Environment["B"]));
    }

    [Fact]
    public void Common_paths_start_from_the_run_file_and_an_app_s_from_its_folder()
    {
        _folder.WithFolder("shared").WithFolder("orders", "own").WithFile("config.yaml", "");
        const string common = "common:\n  resourcesPaths: [./shared]\n  configFilePath: config.yaml\n";

        Assert.Equal([_folder["shared"]], ReadApp("", common).ResourcesPaths);
        Assert.Equal([_folder["orders", "own"], _folder["shared"]], ReadApp("  resourcesPaths: [own, ../shared/]\n", common).ResourcesPaths);
        Assert.Equal([_folder["config.yaml"]], ReadApp("", common).ConfigPaths);
    }

    [Fact]
    public void Resources_come_from_the_app_then_its_dapr_folder_then_common_then_home()
    {
        _folder.WithFolder("home", ".dapr", "components");
        Assert.Equal([_folder["home", ".dapr", "components"]], ReadApp("").ResourcesPaths);
        _folder.WithFolder("shared");
        Assert.Equal([_folder["shared"]], ReadApp("", "common:\n  resourcesPath: shared\n").ResourcesPaths);
        _folder.WithFolder("orders", ".dapr", "resources");
        Assert.Equal([_folder["orders", ".dapr", "resources"]], ReadApp("", "common:\n  resourcesPath: shared\n").ResourcesPaths);
        Assert.Equal([_folder["home", ".dapr"]], ReadApp("  resourcesPaths: [~/.dapr]\n").ResourcesPaths);
    }

    [Fact]
    public void A_single_resources_path_is_added_and_what_is_empty_says_nothing()
    {
        _folder.WithFolder("shared").WithFolder("orders", "own");
        const string common = "common:\n  enableApiLogging: true\n  appMaxConcurrency: 7\n  resourcesPath: shared\n";

        Assert.Equal([_folder["orders", "own"], _folder["shared"]], ReadApp("  resourcesPaths: [own]\n  resourcesPath: ../shared\n").ResourcesPaths);
        Assert.Equal([_folder["shared"]], ReadApp("  resourcesPath: ''\n  configFilePath: ''\n", common).ResourcesPaths);
        var app = ReadApp("  enableApiLogging: false\n  appMaxConcurrency: 0\n", common);
        Assert.Equal((true, 7), (app.ApiLogging, app.MaxConcurrency));
    }

    [Fact]
    public void App_ssl_turns_the_protocol_into_its_encrypted_form()
    {
        Assert.Equal("https", ReadApp("  appSSL: true\n").AppProtocol);
        Assert.Equal("grpcs", ReadApp("  appSSL: true\n  appProtocol: grpc\n").AppProtocol);
    }

    [Theory]
    [InlineData("apps: [{appDirPath: orders}]", 1, "version", "is missing")]
    [InlineData("version: 2\napps: [{appDirPath: orders}]", 1, "version", "'2' is not supported")]
    [InlineData("version: 1", 1, "apps", "needs at least one app")]
    [InlineData("version: 1\nappz: []", 2, "appz", "did you mean 'apps'?")]
    [InlineData("version: 1\napps:\n- appID: x", 3, "apps[0].appDirPath", "is missing")]
    [InlineData("version: 1\napps:\n- appDirPath: nowhere", 3, "apps[0].appDirPath", "does not exist")]
    [InlineData("version: 1\napps:\n- appDirPath: orders\n  appport: 1", 4, "apps[0].appport", "did you mean 'appPort'?")]
    [InlineData("version: 1\napps:\n- appDirPath: orders\n  appPort: 99999", 4, "apps[0].appPort", "from 0 to 65535")]
    [InlineData("version: 1\ncommon:\n  appPort: 1\napps:\n- appDirPath: orders", 3, "common.appPort", "is no key of a run file here")]
    [InlineData("version: 1\ncommon: {resourcesPaths: [gone]}\napps:\n- appDirPath: orders", 2, "common.resourcesPaths[0]", "does not exist")]
    [InlineData("version: 1\napps:\n- appDirPath: orders\n  configFilePath: gone.yaml", 4, "apps[0].configFilePath", "does not exist")]
    [InlineData("version: 1\napps:\n- appDirPath: orders\n  appLogDestination: screen", 4, "apps[0].appLogDestination", "file, console or fileAndConsole")]
    [InlineData("version: 1\napps:\n- appDirPath: orders\n  appProtocol: htp", 4, "apps[0].appProtocol", "did you mean 'http'?")]
    [InlineData("version: 1\napps:\n- appDirPath: orders\n  command: dotnet run", 4, "apps[0].command", "must be a list")]
    [InlineData("version: 1\napps:\n- appDirPath: orders\n  maxBodySize: big", 4, "apps[0].maxBodySize", "is no size")]
    [InlineData("version: 1\napps:\n- appDirPath: orders\n  appID: a.b", 4, "apps[0].appID", "no dot")]
    [InlineData("version: 1\napps:\n- appDirPath: orders\n- appDirPath: payments\n  appID: orders", 5, "appID", "used twice")]
    [InlineData("version: 1\napps:\n- {appDirPath: orders, appPort: 5001}\n- appDirPath: payments\n  daprHTTPPort: 5001", 5, "daprHTTPPort", "is also appPort of app 'orders'")]
    public void A_wrong_run_file_is_refused_with_line_and_key(string yaml, int line, string key, string problem)
    {
        var error = Refused(yaml);

        Assert.Equal((new SourceLocation(_folder["dapr.yaml"], line), key), (error.Location, error.Key));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_a_run_file_says_what_may_be_given()
    {
        var error = Assert.Throws<ResourceException>(() => RunTemplateReader.Read(_folder["orders"], TextReader.Null));

        Assert.Equal($"{_folder["orders", "dapr.yaml"]}: there is no such run file; give -f a folder with a dapr.yaml, a file, or -", error.Message);
    }

    [Fact]
    public void The_standard_input_can_be_a_run_file()
    {
        var template = RunTemplateReader.Read("-", new StringReader($"version: 1\nname: shop\napps:\n- appDirPath: {_folder["orders"]}"), _folder["home"]);

        Assert.Equal(("shop", "orders"), (template.Name, template.Apps.Single().AppId));
    }
}
