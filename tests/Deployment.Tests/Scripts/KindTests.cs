using Deployment.Tests.Files;

namespace Deployment.Tests.Scripts;

/// <summary><c>deploy/kind</c>: the same platform on this machine's own cluster.</summary>
public sealed class KindTests : IDisposable
{
    private readonly Workbench _workbench = new();

    public void Dispose() => _workbench.Dispose();

    [BashFact]
    public async Task Up_goes_from_no_cluster_to_a_completed_order_and_touches_no_other_cluster()
    {
        var run = await _workbench.RunAsync("kind", ["up"]);

        Assert.True(run.ExitCode == 0, run.Error);
        run.CalledInOrder(
            "kind create cluster --config k8s/overlays/local/kind-cluster.yaml",
            "upgrade --install dapr dapr",
            "upgrade --install keda keda",
            "dotnet publish",
            "docker load",
            "docker build",
            "kind load docker-image --name orders ghcr.io/your-org/orders-loyalty:local",
            "kubectl --context kind-orders apply",
            "rollout status deployment/gateway",
            "http://localhost:8080/orders");
        Assert.All(run.CallsOf("helm"), call => Assert.StartsWith("helm --kube-context kind-orders ", call, StringComparison.Ordinal));
    }

    [BashFact]
    public async Task A_cluster_that_is_there_is_kept()
    {
        var run = await _workbench.RunAsync("kind", ["up", "--skip-images"], answers: ["kind get clusters => orders"]);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.DoesNotContain(run.Calls, call => call.Contains("create cluster", StringComparison.Ordinal) || call.StartsWith("dotnet", StringComparison.Ordinal));
    }

    [BashFact]
    public async Task Down_deletes_that_cluster()
    {
        var run = await _workbench.RunAsync("kind", ["down"]);

        Assert.Equal("kind delete cluster --name orders", Assert.Single(run.Calls));
    }
}
