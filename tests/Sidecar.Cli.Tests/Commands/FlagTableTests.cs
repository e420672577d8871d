using System.CommandLine;
using Sidecar.Cli.Commands;
using Sidecar.Cli.Daprd;

namespace Sidecar.Cli.Tests.Commands;

/// <summary>Every flag of dapr 1.18 and of its daprd: the command lines of other people parse here, and what does nothing says so.</summary>
public sealed class FlagTableTests
{
    private const string Invoke = "invoke --app-id a --method m";
    private const string Publish = "publish --publish-app-id a --pubsub p --topic t";

    public static TheoryData<string> CommandLines => new()
    {
        "run --app-id a", "run -a a", "run -a a --app-port 5", "run -a a -p 5", "run -a a --app-protocol grpc", "run -a a -P h2c", "run -a a --dapr-http-port 5", "run -a a -H 5",
        "run -a a --dapr-grpc-port 5", "run -a a -G 5", "run -a a --dapr-internal-grpc-port 5", "run -a a -I 5", "run -a a --metrics-port 5", "run -a a -M 5", "run -a a --config c", "run -a a -c c",
        "run -a a --resources-path r --resources-path s", "run -a a --components-path r", "run -a a -d r", "run -a a --log-level panic", "run -a a --app-max-concurrency 5",
        "run -a a --placement-host-address h", "run -a a --scheduler-host-address h", "run -a a --max-body-size 5Mi", "run -a a --read-buffer-size 5Ki", "run -a a --unix-domain-socket d", "run -a a -u d",
        "run -a a --enable-app-health-check", "run -a a --app-health-check-path /h", "run -a a --app-health-probe-interval 5", "run -a a --app-health-probe-timeout 5", "run -a a --app-health-threshold 5",
        "run -a a --enable-api-logging", "run -a a --dapr-listen-addresses 127.0.0.1", "run -a a --app-channel-address h", "run -a a --enable-profiling", "run -a a --profile-port 5", "run -a a --app-ssl",
        "run --run-file f", "run -f f", "run -f -", "run -f f --kubernetes", "run -f f -k", "run -f f --runtime-path r", "run -f f --log-as-json", "run -a a -- dotnet run --project x", "run -a a node app.js",
        "stop --app-id a", "stop -a a -a b", "stop a b", "stop --run-file f", "stop -f f", "stop -f f -k", "stop -a a --wait --timeout 5", "stop -a a -w -t 5",
        "list", "list --output json", "list -o yaml", "list -o table", "list --kubernetes", "list -k -n x", "list -k --all-namespaces", "list -k -A", "list -k --namespace x",
        Invoke, "invoke -a a -m m -d {} -v GET", $"{Invoke} --data {{}} --verb PUT", $"{Invoke} --data-file f", $"{Invoke} -f f", $"{Invoke} --header a=b -H c=d", $"{Invoke} --unix-domain-socket d", $"{Invoke} -u d",
        Publish, "publish -i a -p p -t t -d {} -m {}", $"{Publish} --data {{}} --metadata {{}}", $"{Publish} --data-file f", $"{Publish} -f f", $"{Publish} --unix-domain-socket d", $"{Publish} -u d",
        "daprd --app-id a --app-port 5 --app-protocol http --app-channel-address h --app-max-concurrency -1", "daprd -app-id a -dapr-http-port 3500", "daprd --dapr-http-port 5 --dapr-grpc-port 5 --metrics-port 5",
        "daprd --dapr-internal-grpc-port 5 --dapr-internal-grpc-listen-address h --dapr-listen-addresses [::1],127.0.0.1 --dapr-public-port 5 --dapr-public-listen-address h",
        "daprd --metrics-listen-address h --enable-metrics=false", "daprd --enable-metrics false", "daprd --profile-port 5 --enable-profiling", "daprd --resources-path r --resources-path s", "daprd --components-path r",
        "daprd --config c --config d", "daprd --mode standalone", "daprd --mode kubernetes", "daprd --log-level debug --log-as-json", "daprd --log-as-json=true --log-file f", "daprd --max-body-size 5Mi",
        "daprd --dapr-http-max-request-size 5", "daprd --read-buffer-size 5Ki", "daprd --dapr-http-read-buffer-size 5", "daprd --unix-domain-socket d", "daprd --dapr-graceful-shutdown-seconds 5",
        "daprd --dapr-block-shutdown-duration 5s", "daprd --enable-api-logging", "daprd --enable-app-health-check --app-health-check-path /h --app-health-probe-interval 5 --app-health-probe-timeout 5 --app-health-threshold 5",
        "daprd --disable-init-endpoints config,subscribe", "daprd --placement-host-address h --scheduler-host-address h --actors-service s --reminders-service s --actors-disseminate-timeout 5s",
        "daprd --hot-reload-reconcile-interval 5s --app-binding-options-timeout 5s", "daprd --enable-mtls=false --sentry-address s --control-plane-address a --control-plane-namespace n --control-plane-trust-domain t",
        "daprd --sentry-request-jwt-audiences a --allowed-origins * --disable-builtin-k8s-secret-store", "daprd --version", "daprd --build-info", "daprd --wait --dapr-http-port 5", "daprd --app-ssl",
    };

    [Theory]
    [MemberData(nameof(CommandLines))]
    public void A_command_line_of_dapr_is_understood(string commandLine)
    {
        var given = CommandTree.Create().Parse(DaprdCommand.WithLongFlags(commandLine.Split(' ')));

        Assert.Empty(given.Errors.Select(error => error.Message));
        // What is no option would be taken for the app's command.
        var command = given.CommandResult.Command.Arguments.SelectMany(argument => given.GetResult(argument)?.Tokens ?? []).Select(token => token.Value);
        Assert.DoesNotContain(command.TakeWhile(value => value != "dotnet"), value => value.StartsWith('-'));
    }

    [Theory]
    [InlineData("--dapr-internal-grpc-port 5", "sidecars of one host find each other in process")]
    [InlineData("--enable-mtls --sentry-address s", "--enable-mtls (there is no mTLS here")]
    [InlineData("--placement-host-address h", "placement and reminders are part of the host")]
    [InlineData("--allowed-origins *", "no CORS headers are written")]
    public void Flags_without_effect_are_told_of_with_the_reason_in_one_line(string flags, string reason)
    {
        var options = new DaprdOptions();

        var line = options.Notes.Ineffective(Parse(options, flags));

        Assert.StartsWith("Accepted without effect: ", line, StringComparison.Ordinal);
        Assert.Contains(reason, line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_command_line_whose_flags_all_count_has_nothing_to_tell()
    {
        var options = new DaprdOptions();
        var given = Parse(options, "--app-id a --app-port 5000 --dapr-http-port 3501 --resources-path r --log-level debug");

        Assert.Null(options.Notes.Ineffective(given));
        Assert.Empty(options.Notes.Deprecations(given));
        Assert.Null(options.Notes.Refusal(given));
    }

    [Fact]
    public void An_old_name_of_a_flag_is_told_of_in_daprs_words()
    {
        var options = new DaprdOptions();

        Assert.Equal(["Flag --components-path has been deprecated, use --resources-path"], options.Notes.Deprecations(Parse(options, "--components-path r")));
    }

    private static ParseResult Parse(DaprdOptions options, string flags)
    {
        var command = new Command("daprd");
        foreach (var option in options.All)
            command.Options.Add(option);
        return new RootCommand { command }.Parse(["daprd", .. flags.Split(' ')]);
    }
}
