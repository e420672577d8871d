using Deployment.Tests.Files;

namespace Deployment.Tests.Scripts;

/// <summary><c>deploy/apply</c>: the images of one version, and a wait for everything that runs.</summary>
public sealed class ApplyTests : IDisposable
{
    private readonly Workbench _workbench = new();

    public void Dispose() => _workbench.Dispose();

    [BashFact]
    public async Task Every_image_of_the_overlay_gets_the_registry_and_the_tag()
    {
        var run = await _workbench.RunAsync("apply", ["aks", "--registry", "registry.example.com/shop", "--tag", "1.2.3"]);

        Assert.True(run.ExitCode == 0, run.Error);
        var kustomization = _workbench.Read("artifacts/deploy/aks/kustomization.yaml");
        foreach (var image in (string[])["catalog", "gateway"])
        {
            Assert.Contains($"- name: ghcr.io/your-org/orders-{image}\n  newName: registry.example.com/shop/orders-{image}\n  newTag: 1.2.3\n", kustomization, StringComparison.Ordinal);
        }

        run.CalledInOrder("kubectl apply", "rollout status deployment/catalog", "rollout status deployment/gateway");
    }

    [BashFact]
    public async Task Without_a_tag_it_is_the_version_from_git()
    {
        await _workbench.RunAsync("apply", ["aks", "--registry", "registry.example.com"]);

        Assert.Contains("newTag: 1.2.3\n", _workbench.Read("artifacts/deploy/aks/kustomization.yaml"), StringComparison.Ordinal);
    }

    [BashFact]
    public async Task An_overlay_that_is_not_there_is_refused_with_those_that_are()
    {
        var run = await _workbench.RunAsync("apply", ["production"]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("there is no k8s/overlays/production; there are: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("aks", run.Error, StringComparison.Ordinal);
    }
}
