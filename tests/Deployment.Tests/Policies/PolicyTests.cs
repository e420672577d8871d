using Deployment.Tests.Rendering;

namespace Deployment.Tests.Policies;

/// <summary>What holds of every object that any overlay, or any component on the base alone, would put into a cluster.</summary>
public sealed class PolicyTests
{
    private const string Rows = nameof(Renderings.AllRows);

    [RenderingTheory, MemberData(Rows, MemberType = typeof(Renderings))]
    public Task Every_image_names_a_version(string rendering) => HoldsAsync(rendering, PodPolicies.ImagesNameAVersion);

    [RenderingTheory, MemberData(Rows, MemberType = typeof(Renderings))]
    public Task No_container_runs_as_root(string rendering) => HoldsAsync(rendering, PodPolicies.NobodyIsRoot);

    [RenderingTheory, MemberData(Rows, MemberType = typeof(Renderings))]
    public Task No_container_writes_to_its_image(string rendering) => HoldsAsync(rendering, PodPolicies.NothingIsWrittenButVolumes);

    [RenderingTheory, MemberData(Rows, MemberType = typeof(Renderings))]
    public Task No_container_keeps_privileges(string rendering) => HoldsAsync(rendering, PodPolicies.NoPrivilegeIsKept);

    [RenderingTheory, MemberData(Rows, MemberType = typeof(Renderings))]
    public Task The_system_calls_of_every_container_are_filtered(string rendering) => HoldsAsync(rendering, PodPolicies.SystemCallsAreFiltered);

    [RenderingTheory, MemberData(Rows, MemberType = typeof(Renderings))]
    public Task Every_container_says_what_it_needs_and_may_take(string rendering) => HoldsAsync(rendering, PodPolicies.RequestsAndLimitsAreSet);

    [RenderingTheory, MemberData(Rows, MemberType = typeof(Renderings))]
    public Task Every_sidecar_says_what_it_needs_and_may_take(string rendering) => HoldsAsync(rendering, PodPolicies.SidecarsHaveRequestsAndLimitsToo);

    [RenderingTheory, MemberData(Rows, MemberType = typeof(Renderings))]
    public Task Every_app_is_probed_at_a_path_that_it_maps(string rendering) => HoldsAsync(rendering, objects => PodPolicies.AppsAreProbedWhereTheyAnswer(objects, Facts.HealthPaths));

    [RenderingTheory, MemberData(Rows, MemberType = typeof(Renderings))]
    public Task Every_server_is_asked_whether_it_is_ready(string rendering) => HoldsAsync(rendering, PodPolicies.ServersAreProbedToo);

    [RenderingTheory, MemberData(Rows, MemberType = typeof(Renderings))]
    public Task Every_app_id_is_one_of_dapr_yaml(string rendering) => HoldsAsync(rendering, objects => DaprPolicies.EveryAppIdIsKnown(objects, Facts.Apps));

    [RenderingTheory, MemberData(Rows, MemberType = typeof(Renderings))]
    public Task Every_sidecar_has_a_configuration(string rendering) => HoldsAsync(rendering, DaprPolicies.EverySidecarHasAConfiguration);

    [RenderingTheory, MemberData(Rows, MemberType = typeof(Renderings))]
    public Task Every_sidecar_asks_for_tokens_both_ways(string rendering) => HoldsAsync(rendering, DaprPolicies.EverySidecarAsksForTokens);

    [RenderingTheory, MemberData(Rows, MemberType = typeof(Renderings))]
    public Task Every_component_and_endpoint_is_scoped(string rendering) => HoldsAsync(rendering, DaprPolicies.EveryComponentIsScoped);

    [RenderingTheory, MemberData(Rows, MemberType = typeof(Renderings))]
    public Task Every_scope_is_an_app_of_dapr_yaml(string rendering) => HoldsAsync(rendering, objects => DaprPolicies.EveryScopeIsAnApp(objects, Facts.Apps));

    [RenderingTheory, MemberData(nameof(Renderings.OverlayRows), MemberType = typeof(Renderings))]
    public Task Every_component_that_the_services_name_is_there(string overlay) => HoldsAsync(overlay, objects => DaprPolicies.EveryComponentThatTheCodeNamesIsThere(objects, Facts.Components));

    [RenderingTheory, MemberData(Rows, MemberType = typeof(Renderings))]
    public Task No_component_holds_a_secret(string rendering) => HoldsAsync(rendering, DaprPolicies.SecretsOfComponentsAreReferences);

    [RenderingTheory, MemberData(Rows, MemberType = typeof(Renderings))]
    public Task No_variable_of_a_container_holds_a_secret(string rendering) => HoldsAsync(rendering, DaprPolicies.SecretsOfPodsAreReferences);

    [RenderingTheory, MemberData(Rows, MemberType = typeof(Renderings))]
    public Task No_trigger_holds_a_secret(string rendering) => HoldsAsync(rendering, DaprPolicies.SecretsOfTriggersAreReferences);

    [RenderingTheory, MemberData(Rows, MemberType = typeof(Renderings))]
    public Task No_config_map_holds_a_secret(string rendering) => HoldsAsync(rendering, DaprPolicies.SecretsAreNotInConfigMaps);

    [RenderingTheory, MemberData(Rows, MemberType = typeof(Renderings))]
    public Task Only_the_local_overlay_has_its_secrets_in_the_repository(string rendering) =>
        HoldsAsync(rendering, objects => DaprPolicies.SecretsAreNotRendered(objects, [.. Renderings.Names.Where(name => name.Split(' ')[0] == "overlays/local")]));

    [RenderingTheory, MemberData(Rows, MemberType = typeof(Renderings))]
    public Task Every_app_has_a_disruption_budget(string rendering) => HoldsAsync(rendering, ClusterPolicies.EveryAppHasADisruptionBudget);

    [RenderingTheory, MemberData(Rows, MemberType = typeof(Renderings))]
    public Task Every_app_has_a_network_policy(string rendering) => HoldsAsync(rendering, ClusterPolicies.EveryPodHasANetworkPolicyOfItsOwn);

    [RenderingTheory, MemberData(Rows, MemberType = typeof(Renderings))]
    public Task Nothing_is_scaled_by_two(string rendering) => HoldsAsync(rendering, ClusterPolicies.NothingIsScaledTwice);

    [RenderingTheory, MemberData(Rows, MemberType = typeof(Renderings))]
    public Task What_is_scaled_is_there(string rendering) => HoldsAsync(rendering, ClusterPolicies.WhatIsScaledIsThere);

    [RenderingTheory, MemberData(Rows, MemberType = typeof(Renderings))]
    public Task What_is_scaled_does_not_say_how_many_it_is(string rendering) => HoldsAsync(rendering, ClusterPolicies.WhatIsScaledNamesNoReplicas);

    [RenderingTheory, MemberData(Rows, MemberType = typeof(Renderings))]
    public Task Every_workload_selects_its_own_pods(string rendering) => HoldsAsync(rendering, ClusterPolicies.SelectorsMatchLabels);

    [RenderingTheory, MemberData(Rows, MemberType = typeof(Renderings))]
    public Task Services_budgets_and_network_policies_select_pods_that_are_there(string rendering) => HoldsAsync(rendering, ClusterPolicies.WhatIsSelectedIsThere);

    [RenderingTheory, MemberData(Rows, MemberType = typeof(Renderings))]
    public Task What_an_object_refers_to_is_there(string rendering) => HoldsAsync(rendering, ClusterPolicies.WhatIsReferredToIsThere);

    [RenderingTheory, MemberData(Rows, MemberType = typeof(Renderings))]
    public Task Services_lead_to_ports_that_are_open(string rendering) => HoldsAsync(rendering, RoutePolicies.ServicesLeadToOpenPorts);

    [RenderingTheory, MemberData(Rows, MemberType = typeof(Renderings))]
    public Task Routes_lead_to_services_that_are_there(string rendering) => HoldsAsync(rendering, RoutePolicies.RoutesLeadToServices);

    private static async Task HoldsAsync(string rendering, Func<IReadOnlyList<KubeObject>, IEnumerable<Finding>> policy) =>
        Assert.Empty(policy(await Renderings.OfAsync(rendering)).Select(finding => finding.ToString()));
}
