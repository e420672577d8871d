using Deployment.Tests.Files;

namespace Deployment.Tests.Scripts;

/// <summary><c>deploy/aks</c> against stand-ins of the Azure CLI, kubectl and the rest: what it calls, in which order, and what it says where a step fails.</summary>
public sealed class AksTests : IDisposable
{
    private readonly Workbench _workbench = new();

    public void Dispose() => _workbench.Dispose();

    /// <summary>Part of a call, and the step in which it happens.</summary>
    public static TheoryData<string, string> Steps() => new()
    {
        { "az group create", "Resource group orders in westeurope" },
        { "az provider register --namespace Microsoft.KeyVault", "Resource group orders in westeurope" },
        { "az deployment group create", "Azure resources by Bicep" },
        { "outputs.POSTGRES_HOST", "k8s/overlays/aks/settings.env" },
        { "az aks get-credentials", "The cluster's address for kubectl" },
        { "az keyvault secret set", "Secrets that are not there yet" },
        { "create secret generic app-api-token", "Secrets that are not there yet" },
        { "az acr login", "Images to orders12345678.azurecr.io" },
        { "dotnet publish", "Images to orders12345678.azurecr.io" },
        { "skopeo copy", "Images to orders12345678.azurecr.io" },
        { "docker buildx build", "Images to orders12345678.azurecr.io" },
        { "condition=Established", "Dapr, which the extension installs" },
        { "kubectl apply --server-side --force-conflicts", "The platform, k8s/overlays/aks" },
        { "rollout status deployment/gateway", "The platform, k8s/overlays/aks" },
        { "POST http", "An order in each style" },
    };

    [BashFact]
    public async Task Up_goes_from_the_resource_group_to_a_completed_order_step_by_step()
    {
        var run = await _workbench.RunAsync("aks", ["up"]);

        Assert.True(run.ExitCode == 0, run.Error + run.Output);
        run.CalledInOrder(
            "az group create --name orders --location westeurope",
            "az provider register --namespace Microsoft.KubernetesConfiguration --wait",
            "az deployment group create --resource-group orders",
            "az aks get-credentials",
            "kubelogin convert-kubeconfig",
            "az keyvault secret set --vault-name orders-12345678 --name development-issuer-key",
            "kubectl create namespace orders",
            "create secret generic dapr-api-token",
            "create secret generic app-api-token",
            "az acr login",
            "dotnet publish services/Ordering/Ordering/Ordering.csproj",
            "docker://orders12345678.azurecr.io/orders-ordering:",
            "docker buildx build",
            "kubectl wait --for=create crd/components.dapr.io",
            "kubectl wait --for=condition=Established crd/components.dapr.io",
            "kubectl --namespace dapr-system wait --for=condition=Available deployment --all",
            "kubectl apply --server-side --force-conflicts -k artifacts/deploy/aks",
            "rollout status deployment/catalog",
            "rollout status deployment/gateway",
            "-X POST http://orders-12345678.westeurope.cloudapp.azure.com/orders",
            "/orders/ord-1");
        Assert.Contains("The platform runs: http://orders-12345678.westeurope.cloudapp.azure.com", run.Output, StringComparison.Ordinal);
    }

    [BashFact]
    public async Task Up_fills_the_settings_of_the_overlay_with_what_was_deployed()
    {
        await _workbench.RunAsync("aks", ["up"]);

        Assert.Equal(
            [
                "AZURE_TENANT_ID=value-of-AZURE_TENANT_ID",
                "KEY_VAULT_NAME=orders-12345678",
                "SERVICE_BUS_NAMESPACE=value-of-SERVICE_BUS_NAMESPACE",
                "POSTGRES_HOST=value-of-POSTGRES_HOST",
                "WORKLOAD_CLIENT_ID=value-of-WORKLOAD_CLIENT_ID",
                "GATEWAY_HOST=orders-12345678.westeurope.cloudapp.azure.com",
                "REGISTRY=orders12345678.azurecr.io",
            ],
            _workbench.Read("k8s/overlays/aks/settings.env").Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.StartsWith('#')));
    }

    [BashTheory]
    [MemberData(nameof(Steps))]
    public async Task A_step_that_fails_ends_the_run_and_is_named(string failing, string step)
    {
        var run = await _workbench.RunAsync("aks", ["up"], failing);

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(failing, run.Calls[^1], StringComparison.Ordinal);
        Assert.Contains($"({step}", run.Error, StringComparison.Ordinal);
        Assert.Contains("the same command goes on from there", run.Error, StringComparison.Ordinal);
    }

    [BashFact]
    public async Task Dapr_comes_by_the_extension_or_by_a_pinned_highly_available_chart_and_never_by_both()
    {
        var extension = await _workbench.RunAsync("aks", ["up", "--dapr", "extension"]);
        var helm = await _workbench.RunAsync("aks", ["up", "--dapr", "helm"]);

        Assert.Empty(extension.CallsOf("helm"));
        Assert.Contains("deployDaprExtension=true", Assert.Single(extension.CallsOf("az deployment group create")), StringComparison.Ordinal);
        Assert.Contains("deployDaprExtension=false", Assert.Single(helm.CallsOf("az deployment group create")), StringComparison.Ordinal);
        var install = Assert.Single(helm.CallsOf("helm"));
        Assert.Matches(@"upgrade --install dapr dapr .*--version 1\.18\.\d+ .*--set global\.ha\.enabled=true --wait", install);
        helm.CalledInOrder("helm upgrade", "condition=Established", "apply --server-side --force-conflicts");
    }

    [BashTheory]
    [InlineData("1.16.4-msft.11", false)]
    [InlineData("1.9.0", false)]
    [InlineData("1.18.0", true)]
    [InlineData("1.19.2-msft.1", true)]
    public async Task An_extension_that_brings_an_older_Dapr_stops_the_run_before_anything_is_applied(string version, bool isNewEnough)
    {
        string[] answers = [$"get deployment dapr-operator => mcr.microsoft.com/daprio/operator:{version}"];
        var run = await _workbench.RunAsync("aks", ["up"], answers: answers);
        var accepted = await _workbench.RunAsync("aks", ["up", "--any-dapr"], answers: answers);

        Assert.Equal(isNewEnough, run.ExitCode == 0);
        Assert.Equal(isNewEnough, run.CallsOf("kubectl apply --server-side --force-conflicts").Any());
        Assert.Equal(isNewEnough, !run.Error.Contains($"installed Dapr {version}", StringComparison.Ordinal));
        Assert.Equal(0, accepted.ExitCode);
    }

    [BashFact]
    public async Task A_second_run_keeps_the_secrets_of_the_first()
    {
        var run = await _workbench.RunAsync("aks", ["up"], answers: ["az keyvault secret show => ", "get secret => "]);

        Assert.Equal(0, run.ExitCode);
        Assert.DoesNotContain(run.Calls, call => call.Contains("secret set", StringComparison.Ordinal) || call.Contains("create secret", StringComparison.Ordinal));
    }

    [BashFact]
    public async Task No_secret_stands_on_a_command_line()
    {
        var run = await _workbench.RunAsync("aks", ["up"]);

        Assert.All(run.Calls.Where(call => call.Contains("secret set", StringComparison.Ordinal) || call.Contains("create secret", StringComparison.Ordinal)), call => Assert.Contains("/dev/stdin", call, StringComparison.Ordinal));
    }

    [BashFact]
    public async Task Whoever_is_not_logged_in_is_told_how()
    {
        var run = await _workbench.RunAsync("aks", ["up"], failing: "az account show");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("az login", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Calls);
    }

    [BashFact]
    public async Task Every_missing_tool_is_named_at_once_with_the_way_to_it()
    {
        _workbench.Uninstall("helm");
        _workbench.Uninstall("kubelogin");

        var run = await _workbench.RunAsync("aks", ["up", "--dapr", "helm"]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("helm is missing: https://helm.sh", run.Error, StringComparison.Ordinal);
        Assert.Contains("kubelogin is missing: run: az aks install-cli", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(run.Calls, call => call.StartsWith("az", StringComparison.Ordinal));
    }

    [BashTheory]
    [InlineData("--dapr", "operator", "it must be 'extension' or 'helm'")]
    [InlineData("--broker", "kafka", "it must be 'servicebus' or 'eventhubs'")]
    [InlineData("--name", "My-Orders", "3 to 12 small letters and digits")]
    [InlineData("--broker", "eventhubs", "make its components say '- eventhubs'")]
    [InlineData("--overlay", "production", "there are: aks canary local staging")]
    [InlineData("--region", "westeurope", "unknown option --region")]
    public async Task A_wrong_option_is_refused_before_anything_happens(string option, string value, string message)
    {
        var run = await _workbench.RunAsync("aks", ["up", option, value]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(run.Calls, call => call.StartsWith("az", StringComparison.Ordinal));
    }

    [BashFact]
    public async Task A_dry_run_prints_every_command_and_runs_none()
    {
        var before = Directory.EnumerateFiles(_workbench.Root, "*", SearchOption.AllDirectories).ToList();

        var run = await _workbench.RunAsync("aks", ["up", "--dry-run", "--dapr", "helm"]);

        Assert.Equal(0, run.ExitCode);
        Assert.DoesNotContain(run.Calls, call => !call.StartsWith("git", StringComparison.Ordinal));
        Assert.Equal(before, Directory.EnumerateFiles(_workbench.Root, "*", SearchOption.AllDirectories));
        Assert.All(
            (string[])["$ az group create --name orders", "$ az deployment group create", "$ helm upgrade --install dapr", "$ deploy/images", "$ deploy/apply aks", "$ deploy/smoke"],
            command => Assert.Contains(command, run.Output, StringComparison.Ordinal));
    }

    [BashFact]
    public async Task Staging_has_a_namespace_of_its_own_for_its_secrets_and_identities()
    {
        var run = await _workbench.RunAsync("aks", ["up", "--overlay", "staging", "--resource-group", "orders-staging"]);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("namespace=orders-staging", Assert.Single(run.CallsOf("az deployment group create")), StringComparison.Ordinal);
        run.CalledInOrder("kubectl create namespace orders-staging", "kubectl --namespace orders-staging create secret generic dapr-api-token", "-k artifacts/deploy/staging");
    }

    [BashFact]
    public async Task Connect_takes_settings_and_address_and_changes_nothing_in_Azure()
    {
        var run = await _workbench.RunAsync("aks", ["connect", "--resource-group", "orders-staging"]);

        Assert.True(run.ExitCode == 0, run.Error);
        run.CalledInOrder("az deployment group show --resource-group orders-staging", "az aks get-credentials --resource-group orders-staging", "kubelogin");
        Assert.DoesNotContain(run.Calls, call => call.Contains(" create ", StringComparison.Ordinal) || call.Contains(" set ", StringComparison.Ordinal));
        Assert.Contains("KEY_VAULT_NAME=orders-12345678", _workbench.Read("k8s/overlays/aks/settings.env"), StringComparison.Ordinal);
    }

    [BashFact]
    public async Task Down_deletes_the_group_and_the_vault_of_which_the_name_is_kept()
    {
        var run = await _workbench.RunAsync("aks", ["down"], input: "orders\n");

        Assert.True(run.ExitCode == 0, run.Error);
        run.CalledInOrder("az group exists --name orders", "outputs.KEY_VAULT_NAME", "az group delete --name orders --yes", "az keyvault purge --name orders-12345678");
    }

    [BashFact]
    public async Task Down_deletes_nothing_when_the_answer_is_another()
    {
        var run = await _workbench.RunAsync("aks", ["down"], input: "yes\n");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("'yes' is not orders: nothing was deleted", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(run.Calls, call => call.Contains("delete", StringComparison.Ordinal));
    }

    [BashFact]
    public async Task Down_says_so_where_there_is_nothing()
    {
        var run = await _workbench.RunAsync("aks", ["down", "--yes"], answers: ["az group exists => false"]);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("There is no resource group orders", run.Output, StringComparison.Ordinal);
    }
}
