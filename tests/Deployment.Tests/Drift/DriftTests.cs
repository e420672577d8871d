using Deployment.Tests.Files;

namespace Deployment.Tests.Drift;

/// <summary>dapr.yaml, tye.yaml, k8s/, components/ and the services say the same of apps, ports, topics, scopes and calls; and each comparison finds what is changed in a copy.</summary>
public sealed class DriftTests
{
    [Fact]
    public void Everything_that_starts_the_apps_starts_the_same_apps() => Assert.Empty(AppComparison.Find(Checkout.Here));

    [Fact]
    public void Topics_are_the_same_in_code_lists_and_triggers() => Assert.Empty(TopicComparison.Find(Checkout.Here));

    [Fact]
    public void Scopes_and_policies_are_for_the_apps_that_use_what_they_open() => Assert.Empty(ScopeComparison.Find(Checkout.Here));

    [Fact]
    public void Who_calls_whom_is_let_through_and_nobody_else() => Assert.Empty(CallComparison.Find(Checkout.Here));

    [Theory]
    [InlineData("dapr.yaml", "appID: ordering", "appID: orders", "dapr.yaml", "services/Ordering/Ordering/Program.cs")]
    [InlineData("dapr.yaml", "appID: carrier", "appID: parcels", "dapr.yaml", "services/Simulators/Carrier/Program.cs")]
    [InlineData("dapr.yaml", "appID: ordering", "appID: orders", "dapr.yaml", "tye.yaml")]
    [InlineData("dapr.yaml", "appID: ordering", "appID: orders", "dapr.yaml", "k8s/base/ordering/deployment.yaml")]
    [InlineData("dapr.yaml", "appPort: 5102", "appPort: 5112", "dapr.yaml", "tye.yaml")]
    [InlineData("dapr.yaml", "appPort: 5190", "appPort: 5290", "dapr.yaml", "components/common/httpendpoints.yaml")]
    [InlineData("dapr.yaml", "appPort: 5108", "appPort: 5118", "dapr.yaml", "services/Loyalty/src/main.ts")]
    [InlineData("tye.yaml", "name: ordering", "name: orders", "dapr.yaml", "tye.yaml")]
    [InlineData("tye.yaml", "port: 5102", "port: 5112", "dapr.yaml", "tye.yaml")]
    [InlineData("tye.yaml", "value: \"true\"", "value: \"false\"", "dapr.yaml", "tye.yaml")]
    [InlineData("services/Ordering/Ordering/Program.cs", "AddServiceDefaults(\"ordering\")", "AddServiceDefaults(\"orders\")", "dapr.yaml", "services/Ordering/Ordering/Program.cs")]
    [InlineData("services/Loyalty/package.json", "\"name\": \"loyalty\"", "\"name\": \"points\"", "dapr.yaml", "services/Loyalty/package.json")]
    [InlineData("k8s/base/ordering/deployment.yaml", "dapr.io/app-id: ordering", "dapr.io/app-id: orders", "dapr.yaml", "k8s/base/ordering/deployment.yaml")]
    [InlineData("k8s/base/ordering/deployment.yaml", "dapr.io/app-port: \"8080\"", "dapr.io/app-port: \"8081\"", "k8s/base/ordering/deployment.yaml", "k8s/base/every-app/deployment.yaml")]
    [InlineData("k8s/base/every-app/deployment.yaml", "containerPort: 8080", "containerPort: 8081", "k8s/base/ordering/deployment.yaml", "k8s/base/every-app/deployment.yaml")]
    [InlineData("k8s/components/simulators/carrier.yaml", "dapr.io/app-id: carrier", "dapr.io/app-id: parcels", "dapr.yaml", "k8s/components/simulators/carrier.yaml")]
    [InlineData("k8s/base/gateway/deployment.yaml", "value: \"true\"", "value: \"false\"", "dapr.yaml", "k8s/base/gateway/deployment.yaml")]
    [InlineData("k8s/base/gateway/service.yaml", "targetPort: http", "targetPort: 9999", "k8s/base/gateway/deployment.yaml", "k8s/base/gateway/service.yaml")]
    public void A_changed_app_id_port_or_switch_is_found_with_both_places(string file, string old, string @new, string one, string other) =>
        FoundWithBothPlaces(AppComparison.Find, file, old, @new, one, other);

    [Theory]
    [InlineData("components/streams.json", "\"inventory\",", "\"stock\",", "services/Inventory/Inventory.Contracts/InventoryEvents.cs", "components/streams.json")]
    [InlineData("services/Shipping/Shipping.Contracts/ShippingEvents.cs", "Topic = \"shipping\"", "Topic = \"parcels\"", "services/Shipping/Shipping.Contracts/ShippingEvents.cs", "components/streams.json")]
    [InlineData("services/Loyalty/src/topics.ts", "const topic = \"ordering\"", "const topic = \"orders\"", "k8s/", "services/Loyalty/src/topics.ts")]
    [InlineData("services/Notifications/Notifications/Topics/DeadLetterTopics.cs", ", \"loyalty\"", "", "services/Loyalty/src/topics.ts", "services/Notifications/Notifications/Topics/DeadLetterTopics.cs")]
    public void A_changed_topic_is_found_with_both_places(string file, string old, string @new, string one, string other) =>
        FoundWithBothPlaces(TopicComparison.Find, file, old, @new, one, other);

    [Theory]
    [InlineData("components/common/secrets.yaml", "- gateway", "- catalog", "services/Gateway/Gateway/Security/DevelopmentIssuer.cs", "components/common/secrets.yaml")]
    [InlineData("components/common/httpendpoints.yaml", "- payments", "- billing", "components/common/httpendpoints.yaml", "dapr.yaml")]
    [InlineData("components/common/resiliency.yaml", "      baskets:", "      carts:", "components/common/resiliency.yaml", "dapr.yaml")]
    public void A_changed_scope_or_target_is_found_with_both_places(string file, string old, string @new, string one, string other) =>
        FoundWithBothPlaces(ScopeComparison.Find, file, old, @new, one, other);

    [Theory]
    [InlineData("k8s/base/ordering/configuration.yaml", "appId: baskets", "appId: catalog", "services/Baskets/Baskets/Services/ServiceApis.cs", "k8s/base/ordering/configuration.yaml")]
    [InlineData("k8s/base/ordering/network-policy.yaml", "baskets, ", "", "services/Baskets/Baskets/Services/ServiceApis.cs", "k8s/base/ordering/network-policy.yaml")]
    [InlineData("k8s/components/workflow-access/workflow-access.yaml", "appID: order-saga", "appID: gateway", "workflows/OrderSaga/SagaRun.cs", "k8s/components/workflow-access/workflow-access.yaml")]
    [InlineData("services/Shipping/Shipping/Carrier/CarrierClient.cs", "\"carrier\"", "\"parcels\"", "services/Shipping/Shipping/Carrier/CarrierClient.cs", "dapr.yaml")]
    [InlineData("services/Shipping/Shipping/Carrier/CarrierClient.cs", "\"carrier\"", "\"payments\"", "services/Shipping/Shipping/Carrier/CarrierClient.cs", "k8s/base/payments/configuration.yaml")]
    [InlineData("components/common/httpendpoints.yaml", "- shipping", "- ordering", "services/Shipping/Shipping/Carrier/CarrierClient.cs", "components/common/httpendpoints.yaml")]
    public void A_changed_call_or_gate_is_found_with_both_places(string file, string old, string @new, string one, string other) =>
        FoundWithBothPlaces(CallComparison.Find, file, old, @new, one, other);

    private static void FoundWithBothPlaces(Func<Checkout, IReadOnlyList<Difference>> find, string file, string old, string @new, string one, string other)
    {
        var differences = find(Checkout.Here.Changed(file, old, @new));

        Assert.Contains(differences, difference => difference.One.Line + difference.Other.Line > 0
            && ((IsIn(difference.One, one) && IsIn(difference.Other, other)) || (IsIn(difference.One, other) && IsIn(difference.Other, one)))
            && difference.ToString().Contains(difference.One.ToString(), StringComparison.Ordinal) && difference.ToString().Contains(difference.Other.ToString(), StringComparison.Ordinal));

        static bool IsIn(Place place, string file) => place.File.StartsWith(file, StringComparison.Ordinal);
    }
}
