using Deployment.Tests.Files;
using Deployment.Tests.Rendering;
using Deployment.Tests.Schemas;

namespace Deployment.Tests.Policies;

/// <summary>Every policy and every schema finds what it is there for: a sound app has no finding, and one broken line of it has.</summary>
public sealed class BrokenObjectTests
{
    private const string Sound = "tests/Deployment.Tests/Policies/sound.yaml";

    [Fact]
    public void A_sound_app_breaks_no_rule() => Assert.Empty(Findings(Checkout.Here));

    [Theory]
    [InlineData("orders-gateway:1.2.3", "orders-gateway:latest", "Deployment/gateway: container 'app' runs")]
    [InlineData("orders-gateway:1.2.3", "orders-gateway", "Deployment/gateway: container 'app' runs")]
    [InlineData("runAsNonRoot: true", "runAsNonRoot: false", "Deployment/gateway: container 'app' may run as root")]
    [InlineData("runAsUser: 1654", "runAsUser: 0", "Deployment/gateway: container 'app' may run as root")]
    [InlineData("readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "Deployment/gateway: container 'app' can write")]
    [InlineData("drop: [ALL]", "drop: [NET_RAW]", "Deployment/gateway: container 'app' keeps privileges")]
    [InlineData("allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true", "Deployment/gateway: container 'app' keeps privileges")]
    [InlineData("type: RuntimeDefault", "type: Unconfined", "Deployment/gateway: container 'app' has every system call")]
    [InlineData("            memory: 256Mi", "", "Deployment/gateway: container 'app' has no limits.memory")]
    [InlineData("        dapr.io/sidecar-memory-limit: 256Mi\n", "", "Deployment/gateway: its sidecar has no dapr.io/sidecar-memory-limit")]
    [InlineData("httpGet:\n            path: /healthz", "httpGet:\n            path: /health", "Deployment/gateway: its readinessProbe asks /health")]
    [InlineData("livenessProbe:", "startupProbe:", "Deployment/gateway: has no livenessProbe")]
    [InlineData("app-health-check-path: /healthz", "app-health-check-path: /alive", "Deployment/gateway: its sidecar asks /alive")]
    [InlineData("readinessProbe:\n          tcpSocket", "startupProbe:\n          tcpSocket", "StatefulSet/postgresql: container 'server' has no readinessProbe")]
    [InlineData("dapr.io/app-id: gateway", "dapr.io/app-id: gateways", "Deployment/gateway: app id 'gateways' is not in dapr.yaml")]
    [InlineData("dapr.io/config: gateway", "dapr.io/config: tracing", "Deployment/gateway: its sidecar reads the Configuration 'tracing'")]
    [InlineData("        dapr.io/app-token-secret: app-api-token\n", "", "Deployment/gateway: has no dapr.io/app-token-secret")]
    [InlineData("metadata: []\nscopes:\n- gateway", "metadata: []", "Component/secrets: is open to every app")]
    [InlineData("metadata: []\nscopes:\n- gateway", "metadata: []\nscopes:\n- shop", "Component/secrets: 'shop' is in its scopes")]
    [InlineData("name: statestore", "name: store", "there is no Component 'statestore'")]
    [InlineData("secretKeyRef:\n      name: orders-servers\n      key: rabbitmq-connection-string", "value: amqp://user:word@host", "Component/pubsub: 'connectionString' has its secret")]
    [InlineData("valueFrom:\n            secretKeyRef:\n              name: app-api-token\n              key: token", "value: abc", "Deployment/gateway: the variable 'APP_API_TOKEN' has its secret")]
    [InlineData("mode: QueueLength", "host: amqp://user:word@host", "ScaledObject/gateway: the trigger's 'host' has its secret")]
    [InlineData("broker: rabbitmq", "broker: amqp://user:word@host", "ConfigMap/settings: 'broker' is a secret in plain sight")]
    [InlineData("kind: ConfigMap", "kind: Secret", "Secret/settings: is in the repository with what it holds")]
    [InlineData("kind: PodDisruptionBudget\nmetadata:\n  name: gateway\nspec:\n  maxUnavailable: 1\n  selector:\n    matchLabels:\n      app: gateway", "kind: PodDisruptionBudget\nmetadata:\n  name: gateway\nspec:\n  maxUnavailable: 1\n  selector:\n    matchLabels:\n      app: postgresql", "Deployment/gateway: has no PodDisruptionBudget")]
    [InlineData("policyTypes: [Ingress]", "policyTypes: [Egress]", "Deployment/gateway: has no NetworkPolicy of its own")]
    [InlineData("kind: ConfigMap\nmetadata:\n  name: settings\n", "kind: HorizontalPodAutoscaler\nmetadata:\n  name: settings\nspec:\n  scaleTargetRef:\n    kind: Deployment\n    name: gateway\n", "Deployment 'gateway' is scaled by ScaledObject 'gateway' and HorizontalPodAutoscaler 'settings'")]
    [InlineData("scaleTargetRef:\n    name: gateway", "scaleTargetRef:\n    name: shop", "ScaledObject/gateway: scales Deployment 'shop', which is not there")]
    [InlineData("spec:\n  selector:", "spec:\n  replicas: 3\n  selector:", "Deployment/gateway: says how many replicas")]
    [InlineData("matchLabels:\n      app: gateway", "matchLabels:\n      app: shop", "Deployment/gateway: its selector does not take its own pods")]
    [InlineData("spec:\n  selector:\n    app: gateway", "spec:\n  selector:\n    app: shop", "Service/gateway: selects no pod")]
    [InlineData("serviceAccountName: gateway", "serviceAccountName: shop", "Deployment/gateway: refers to ServiceAccount 'shop'")]
    [InlineData("authenticationRef:\n      name: broker", "authenticationRef:\n      name: queue", "ScaledObject/gateway: refers to TriggerAuthentication 'queue'")]
    [InlineData("targetPort: http", "targetPort: web", "Service/gateway: leads to port 'web', which no pod opens")]
    [InlineData("backendRefs:\n    - name: gateway", "backendRefs:\n    - name: shop", "HTTPRoute/gateway: leads to Service 'shop' port 80")]
    [InlineData("baseUrl: http://gateway:80", "baseUrl: http://gateway:81", "HTTPEndpoint/carrier: leads to Service 'gateway' port 81")]
    [InlineData("maxUnavailable: 1", "maxUnavailble: 1", "PodDisruptionBudget/gateway: spec fits none of 2 forms")]
    [InlineData("containerPort: 8080", "containerPort: \"8080\"", "Deployment/gateway: spec.template.spec.containers[0].ports[0].containerPort is a string (8080), but must be an integer")]
    [InlineData("serviceAccountName:", "serviceAccount:", "Deployment/gateway: spec.template.spec.serviceAccount is not a field of this")]
    [InlineData("dapr.io/app-port: \"8080\"", "dapr.io/app-port: 8080", "Deployment/gateway: spec.template.metadata.annotations.dapr.io/app-port is an integer (8080), but must be a string")]
    [InlineData("value: \"100\"", "value: 100", "ScaledObject/gateway: spec.triggers[0].metadata.value is an integer (100), but must be a string")]
    [InlineData("samplingRate: \"1\"", "samplingRate: \"all\"", "Configuration/gateway: spec.tracing.samplingRate is 'all', but must match")]
    [InlineData("type: pubsub.rabbitmq", "type: rabbitmq", "Component/pubsub: spec.type is 'rabbitmq', but must match")]
    [InlineData("kind: HTTPEndpoint", "kind: HttpEndpoint", "HttpEndpoint/carrier: there is no schema of dapr.io/v1alpha1 HttpEndpoint")]
    [InlineData("baseUrl: http://gateway:80", "url: http://gateway:80", "HTTPEndpoint/carrier: spec has no 'baseUrl'")]
    [InlineData("memory: 64Mi", "memory: 64MiB", "requests.memory fits none of 2 forms")]
    public void A_broken_line_is_found(string old, string @new, string finding)
    {
        var findings = Findings(Checkout.Here.Changed(Sound, old, @new));

        Assert.Contains(findings, found => found.Contains(finding, StringComparison.Ordinal));
    }

    private static List<string> Findings(Checkout checkout)
    {
        IReadOnlyList<KubeObject> objects = [.. checkout.Documents(Sound).Select(document => new KubeObject("sound", document))];
        IEnumerable<Finding> policies =
        [
            .. PodPolicies.ImagesNameAVersion(objects), .. PodPolicies.NobodyIsRoot(objects), .. PodPolicies.NothingIsWrittenButVolumes(objects), .. PodPolicies.NoPrivilegeIsKept(objects),
            .. PodPolicies.SystemCallsAreFiltered(objects), .. PodPolicies.RequestsAndLimitsAreSet(objects), .. PodPolicies.SidecarsHaveRequestsAndLimitsToo(objects),
            .. PodPolicies.AppsAreProbedWhereTheyAnswer(objects, Facts.HealthPaths), .. PodPolicies.ServersAreProbedToo(objects),
            .. DaprPolicies.EveryAppIdIsKnown(objects, Facts.Apps), .. DaprPolicies.EverySidecarHasAConfiguration(objects), .. DaprPolicies.EverySidecarAsksForTokens(objects),
            .. DaprPolicies.EveryComponentIsScoped(objects), .. DaprPolicies.EveryScopeIsAnApp(objects, Facts.Apps), .. DaprPolicies.EveryComponentThatTheCodeNamesIsThere(objects, Facts.Components),
            .. DaprPolicies.SecretsOfComponentsAreReferences(objects), .. DaprPolicies.SecretsOfPodsAreReferences(objects), .. DaprPolicies.SecretsOfTriggersAreReferences(objects),
            .. DaprPolicies.SecretsAreNotInConfigMaps(objects), .. DaprPolicies.SecretsAreNotRendered(objects, []),
            .. ClusterPolicies.EveryAppHasADisruptionBudget(objects), .. ClusterPolicies.EveryPodHasANetworkPolicyOfItsOwn(objects), .. ClusterPolicies.NothingIsScaledTwice(objects),
            .. ClusterPolicies.WhatIsScaledIsThere(objects), .. ClusterPolicies.WhatIsScaledNamesNoReplicas(objects), .. ClusterPolicies.SelectorsMatchLabels(objects),
            .. ClusterPolicies.WhatIsSelectedIsThere(objects), .. ClusterPolicies.WhatIsReferredToIsThere(objects),
            .. RoutePolicies.ServicesLeadToOpenPorts(objects), .. RoutePolicies.RoutesLeadToServices(objects),
        ];
        return [.. policies.Select(finding => finding.ToString()), .. objects.SelectMany(SchemaFolder.Check)];
    }
}
