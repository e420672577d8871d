using System.CommandLine;

namespace Sidecar.Cli.Daprd;

/// <summary>Flags of daprd that are accepted and change nothing here, each with the reason.</summary>
internal static class DaprdIneffective
{
    private const string InProcess = "sidecars of one host find each other in process";
    private const string NoMtls = "there is no mTLS here: sidecars of one host share a process";
    private const string Kubernetes = "of Kubernetes, where the official sidecar runs";
    private const string Profiling = "use dotnet-trace or dotnet-counters on this process";
    private const string OwnPlacement = "placement and reminders are part of the host";

    public static void AddTo(DaprdOptions options)
    {
        foreach (var (name, why) in new[]
        {
            ("--dapr-internal-grpc-port", InProcess),
            ("--dapr-internal-grpc-listen-address", InProcess),
            ("--dapr-public-port", "health and metadata are served on the HTTP port"),
            ("--dapr-public-listen-address", "health and metadata are served on the HTTP port"),
            ("--metrics-listen-address", "metrics are served where the APIs are"),
            ("--profile-port", Profiling),
            ("--read-buffer-size", "headers may have up to 32 KiB"),
            ("--placement-host-address", OwnPlacement),
            ("--actors-service", OwnPlacement),
            ("--reminders-service", OwnPlacement),
            ("--actors-disseminate-timeout", OwnPlacement),
            ("--scheduler-host-address", "the scheduler is part of the host"),
            ("--scheduler-job-streams", "the scheduler is part of the host"),
            ("--sentry-address", NoMtls),
            ("--sentry-request-jwt-audiences", NoMtls),
            ("--control-plane-address", Kubernetes),
            ("--control-plane-trust-domain", NoMtls),
            ("--control-plane-namespace", Kubernetes),
            ("--allowed-origins", "no CORS headers are written"),
        })
        {
            options.Add(options.Notes.WithoutEffect(DaprdOptions.Text(name, "Accepted for daprd's sake"), why));
        }

        foreach (var (name, why) in new[] { ("--enable-profiling", Profiling), ("--enable-mtls", NoMtls), ("--disable-builtin-k8s-secret-store", Kubernetes) })
        {
            options.Add(options.Notes.WithoutEffect(new Option<bool>(name) { Description = "Accepted for daprd's sake" }, why));
        }
    }
}
