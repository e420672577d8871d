using Sidecar.Runtime.Access;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Resources;

namespace Sidecar.Tests.Access;

/// <summary>Who may call an app, by the rules of its <c>accessControl</c>.</summary>
public sealed class CallerAccessTests
{
    private static readonly SidecarOptions s_front = new() { AppId = "front" };

    [Fact]
    public void Without_rules_everybody_may_call()
    {
        Assert.Null(Of(null).Refusal(s_front, "public", "/orders", "GET"));
    }

    [Fact]
    public void A_caller_without_a_policy_gets_the_default_and_a_refusal_names_all_it_depends_on()
    {
        var access = Of(new AccessControlRules(DefaultAllow: false, "public", []));

        Assert.Equal("access control policy has denied access to appid: front operation: /orders verb: GET", access.Refusal(s_front, "public", "/orders", "GET"));
    }

    [Fact]
    public void An_app_may_always_call_itself()
    {
        Assert.Null(Of(new AccessControlRules(DefaultAllow: false, "public", [])).Refusal(new SidecarOptions { AppId = "orders" }, "public", "/orders", "GET"));
    }

    [Theory]
    [InlineData("front", "default", "public", true)]
    [InlineData("back", "default", "public", false)]
    [InlineData("front", "other", "public", false)]
    [InlineData("front", "default", "private", false)]
    public void A_policy_is_for_an_app_id_a_namespace_and_a_trust_domain(string appId, string @namespace, string trustDomain, bool allowed)
    {
        var access = Of(new AccessControlRules(DefaultAllow: false, "public", [new CallerPolicy("front", "default", "public", DefaultAllow: true, [])]));

        Assert.Equal(allowed, access.Refusal(new SidecarOptions { AppId = appId, Namespace = @namespace }, trustDomain, "/orders", "GET") is null);
    }

    [Theory]
    [InlineData("/orders", "GET", true)]
    [InlineData("/ORDERS", "GET", true)]
    [InlineData("/orders/", "GET", true)]
    [InlineData("/orders", "POST", false)]
    [InlineData("/orders/7", "DELETE", true)]
    [InlineData("/orders/7/lines", "GET", false)]
    [InlineData("/reports/2026/11", "GET", true)]
    [InlineData("/reports", "GET", false)]
    [InlineData("/reports/../admin", "GET", false)]
    [InlineData("//orders/./%37", "GET", true)]
    [InlineData("/admin", "GET", false)]
    public void The_first_operation_that_fits_path_and_verb_decides(string path, string verb, bool allowed)
    {
        var access = Of(new AccessControlRules(DefaultAllow: true, "public",
        [
            new CallerPolicy("front", "default", "public", DefaultAllow: false,
            [
                new OperationRule("/orders", ["GET"], Allow: true),
                new OperationRule("/orders/*", ["*"], Allow: true),
                new OperationRule("/reports/**", ["GET"], Allow: true),
            ]),
        ]));

        Assert.Equal(allowed, access.Refusal(s_front, "public", path, verb) is null);
    }

    [Fact]
    public void For_an_app_that_speaks_gRPC_the_method_counts_with_its_case_and_no_verb()
    {
        var access = new CallerAccess(
            new AccessControlRules(DefaultAllow: false, "public", [new CallerPolicy("front", "default", "public", null, [new OperationRule("/shop.Orders/Place", ["PUT"], Allow: true)])]),
            new SidecarOptions { AppId = "orders", AppProtocol = "grpc" });

        Assert.Null(access.Refusal(s_front, "public", "/shop.Orders/Place", "NONE"));
        Assert.NotNull(access.Refusal(s_front, "public", "/shop.orders/place", "NONE"));
    }

    private static CallerAccess Of(AccessControlRules? rules) => new(rules, new SidecarOptions { AppId = "orders" });
}
