using Sidecar.Runtime.Resources;

namespace Sidecar.Tests.Resources;

public sealed class OtherResourceLoadingTests : IDisposable
{
    private readonly ResourceFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_v1_subscription_has_one_route()
    {
        _folder.With("s.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Subscription\nmetadata: {name: s}\nspec: {pubsubname: bus, topic: t, route: /t, deadLetterTopic: dead}\nscopes: [orders]");

        var subscription = Assert.Single((await _folder.LoadAsync()).Subscriptions);

        Assert.Equal([new SubscriptionRule("", "/t")], subscription.Rules);
        Assert.Equal(("bus", "t", "dead"), (subscription.PubSubName, subscription.Topic, subscription.DeadLetterTopic));
        Assert.Empty((await _folder.LoadAsync("payments")).Subscriptions);
    }

    [Fact]
    public async Task The_case_of_a_key_does_not_matter_and_its_very_spelling_comes_first()
    {
        _folder.With("s.yaml", "apiVersion: dapr.io/v1alpha1\nKind: Subscription\nMetadata: {name: s}\nspec: {pubsubName: bus, Topic: u, topic: t, Route: /t}");

        var subscription = Assert.Single((await _folder.LoadAsync()).Subscriptions);

        Assert.Equal(("bus", "t", "/t"), (subscription.PubSubName, subscription.Topic, subscription.Rules[0].Path));
    }

    [Fact]
    public async Task A_v2_subscription_keeps_its_rules_in_order_and_its_default_last()
    {
        _folder.With("s.yaml", """
            apiVersion: dapr.io/v2alpha1
            kind: Subscription
            metadata: {name: s}
            spec:
              pubsubname: bus
              topic: t
              routes:
                default: /rest
                rules:
                - {match: event.type == "a", path: /a}
                - {match: event.type == "b", path: /b}
              metadata: {rawPayload: true}
              bulkSubscribe: {enabled: true, maxAwaitDurationMs: 40}
            """);

        var subscription = Assert.Single((await _folder.LoadAsync()).Subscriptions);

        Assert.Equal(["/a", "/b", "/rest"], subscription.Rules.Select(rule => rule.Path));
        Assert.Equal("true", subscription.Metadata["RAWPAYLOAD"]);
        Assert.Equal(new BulkSubscribe(100, TimeSpan.FromMilliseconds(40)), subscription.Bulk);
    }

    [Theory]
    [InlineData("apiVersion: dapr.io/v1alpha1", "route: /t", "spec.topic: is missing", "")]
    [InlineData("apiVersion: dapr.io/v1alpha1", "topic: t", "spec.route: is missing", "")]
    [InlineData("apiVersion: dapr.io/v2alpha1", "topic: t", "spec.routes: is missing", "")]
    [InlineData("apiVersion: dapr.io/v2alpha1", "topic: t, routes: {rules: [{match: x}]}", "spec.routes.rules[0].path: is missing", "")]
    [InlineData("apiVersion: dapr.io/v3", "topic: t", "must be dapr.io/v1alpha1 or dapr.io/v2alpha1", "")]
    public async Task A_subscription_without_what_it_needs_is_refused(string version, string spec, string problem, string none)
    {
        _folder.With("s.yaml", $"{version}\nkind: Subscription\nmetadata: {{name: s}}\nspec: {{pubsubname: bus, {spec}{none}}}");

        Assert.Contains(problem, (await _folder.FailAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_resiliency_has_dapr_s_defaults_where_it_says_nothing()
    {
        _folder.With("r.yaml", """
            kind: Resiliency
            metadata: {name: r}
            spec:
              policies:
                timeouts: {short: 1500ms}
                retries:
                  plain: {}
                  growing: {policy: exponential, maxInterval: 15s, maxRetries: 10, matching: {httpStatusCodes: "429,500-599"}}
                circuitBreakers:
                  plain: {}
                  touchy: {trip: consecutiveFailures >= 2, timeout: 5}
              targets:
                apps:
                  payments: {timeout: short, retry: growing, circuitBreaker: touchy}
                components:
                  bus: {inbound: {retry: plain}}
            """);

        var resiliency = Assert.Single((await _folder.LoadAsync()).Resiliencies);

        Assert.Equal(new RetryPolicy(), resiliency.Retries["plain"]);
        Assert.Equal((BackOff.Exponential, 10, "429,500-599"), (resiliency.Retries["growing"].BackOff, resiliency.Retries["growing"].MaxRetries, resiliency.Retries["growing"].MatchingHttpStatusCodes));
        Assert.Equal(new CircuitBreakerPolicy(), resiliency.CircuitBreakers["plain"]);
        Assert.Equal(TimeSpan.FromMilliseconds(5), resiliency.CircuitBreakers["touchy"].Timeout);
        Assert.Equal(new PolicyNames("short", "growing", "touchy"), resiliency.Apps["payments"]);
        Assert.Equal(new ComponentPolicyNames(new PolicyNames(Retry: "plain"), new PolicyNames()), resiliency.Components["bus"]);
    }

    [Theory]
    [InlineData("policies: {timeouts: {t: fast}}", "spec.policies.timeouts.t: 'fast' is no duration")]
    [InlineData("policies: {retries: {r: {policy: linear}}}", "spec.policies.retries.r.policy: 'linear' must be constant or exponential")]
    [InlineData("policies: {retries: {r: {matching: {httpStatusCodes: 500-400}}}}", "'500-400' must be a code from 100 to 599 or a range")]
    [InlineData("policies: {retries: {quick: {}}}, targets: {apps: {a: {retry: quikc}}}", "spec.targets.apps.a.retry: policy 'quikc' is not declared under spec.policies; did you mean 'quick'?")]
    public async Task A_wrong_resiliency_is_refused(string spec, string problem)
    {
        _folder.With("r.yaml", $"kind: Resiliency\nmetadata: {{name: r}}\nspec: {{{spec}}}");

        Assert.Contains(problem, (await _folder.FailAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_http_endpoint_takes_headers_from_secrets_and_a_moved_loopback_port()
    {
        _folder.Secrets["vault"] = new() { ["key"] = new() { ["key"] = "k" } };
        _folder.With("e.yaml", """
            kind: HTTPEndpoint
            metadata: {name: carrier}
            spec:
              baseUrl: http://localhost:8080/v2
              headers:
              - {name: api-key, secretKeyRef: {name: key}}
              clientTLS: {rootCA: {value: pem}, renegotiation: RenegotiateNever}
            auth: {secretStore: vault}
            ---
            kind: Component
            metadata: {name: vault}
            spec: {type: secretstores.local.file}
            """);

        var endpoint = Assert.Single((await _folder.LoadAsync(change: request => request with { LoopbackPorts = new Dictionary<int, int> { [8080] = 9999 } })).HttpEndpoints);

        Assert.Equal("http://localhost:9999/v2", endpoint.BaseUrl.ToString());
        Assert.Equal("k", endpoint.Headers["Api-Key"]);
        Assert.Equal("pem", endpoint.ClientTls?.RootCa);
    }

    [Fact]
    public async Task An_http_endpoint_needs_an_absolute_address()
    {
        _folder.With("e.yaml", "kind: HTTPEndpoint\nmetadata: {name: carrier}\nspec:\n  baseUrl: carrier:8080");

        Assert.Equal($"{_folder.FileOf("e.yaml")}:4: spec.baseUrl: 'carrier:8080' must be an absolute http or https address", (await _folder.FailAsync()).Message);
    }

    [Fact]
    public async Task Configuration_comes_from_its_own_files_and_the_later_one_wins()
    {
        _folder.With("first.conf", """
            kind: Configuration
            spec:
              tracing: {samplingRate: "0.5", zipkin: {endpointAddress: "http://localhost:9411/api/v2/spans"}}
              secrets: {scopes: [{storeName: vault, defaultAccess: deny, allowedSecrets: [a]}]}
              features: [{name: HotReload, enabled: false}]
              workflow: {maxConcurrentWorkflowInvocations: 7, stateRetentionPolicy: {anyTerminal: 1h}}
              nameResolution: {component: mdns}
            """).With("second.conf", "kind: Configuration\nspec:\n  tracing: {samplingRate: 1}\n  metric: {enabled: false}\n");

        var resources = await _folder.LoadAsync(change: request => request with { ConfigPaths = [_folder.FileOf("first.conf"), _folder.FileOf("second.conf")] });

        var configuration = resources.Configuration;
        Assert.Equal((1.0, false, 7), (configuration.SamplingRate, configuration.MetricsEnabled, configuration.MaxConcurrentWorkflows));
        Assert.Equal("http://localhost:9411/api/v2/spans", configuration.ZipkinEndpoint?.ToString());
        Assert.Equal(("vault", false), (configuration.SecretScopes[0].StoreName, configuration.SecretScopes[0].DefaultAllow));
        Assert.False(configuration.Features["HotReload"]);
        Assert.Contains($"{_folder.FileOf("first.conf")}:7: spec.nameResolution has no effect in this sidecar", resources.Warnings);
        Assert.Contains($"{_folder.FileOf("first.conf")}:6: spec.workflow.stateRetentionPolicy has no effect in this sidecar", resources.Warnings);
    }

    [Fact]
    public async Task Access_rules_are_read_and_without_a_default_callers_without_a_policy_are_refused()
    {
        _folder.With("c.conf", """
            kind: Configuration
            spec:
              api:
                allowed: [{name: state, version: v1.0, protocol: http}]
                denied: [{name: shutdown, version: v1, protocol: GRPC}]
              accessControl:
                policies:
                - {appId: front, namespace: default, trustDomain: public, operations: [{name: orders/*, httpVerb: [GET], action: allow}, {name: /admin}]}
            """);

        var configuration = (await _folder.LoadAsync(change: request => request with { ConfigPaths = [_folder.FileOf("c.conf")] })).Configuration;

        Assert.Equal(new ApiRule("state", "v1.0", "http"), Assert.Single(configuration.Api.Allowed));
        Assert.Equal(new ApiRule("shutdown", "v1", "grpc"), Assert.Single(configuration.Api.Denied));
        var control = configuration.AccessControl!;
        Assert.Equal((false, "public"), (control.DefaultAllow, control.TrustDomain));
        var policy = Assert.Single(control.Policies);
        Assert.Equal(("front", "default", "public", null), (policy.AppId, policy.Namespace, policy.TrustDomain, policy.DefaultAllow));
        Assert.Equal([("/orders/*", true), ("/admin", false)], policy.Operations.Select(operation => (operation.Path, operation.Allow)));
    }

    [Fact]
    public async Task A_configuration_in_a_resources_folder_is_ignored_and_told()
    {
        _folder.With("c.yaml", "kind: Configuration\nmetadata: {name: c}\nspec: {metric: {enabled: false}}");

        var resources = await _folder.LoadAsync();

        Assert.True(resources.Configuration.MetricsEnabled);
        Assert.Contains("ignored; give it by --config", Assert.Single(resources.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tracing: {samplingRate: 2}", "spec.tracing.samplingRate: '2' must be a number from 0 to 1")]
    [InlineData("tracing: {zipkin: {endpointAddress: here}}", "spec.tracing.zipkin.endpointAddress: 'here' must be an absolute http address")]
    [InlineData("secrets: {scopes: [{storeName: s, defaultAccess: some}]}", "spec.secrets.scopes[0].defaultAccess: 'some' must be allow or deny")]
    [InlineData("api: {allowed: [{name: state, version: v1, protocol: tcp}]}", "spec.api.allowed[0].protocol: 'tcp' must be http or grpc")]
    [InlineData("accessControl: {policies: [{appId: front, namespace: default}]}", "spec.accessControl.policies[0].trustDomain: is missing")]
    [InlineData("accessControl: {defaultAction: maybe}", "spec.accessControl.defaultAction: must be allow or deny")]
    public async Task A_wrong_configuration_is_refused(string spec, string problem)
    {
        _folder.With("c.conf", $"kind: Configuration\nspec: {{{spec}}}");

        Assert.Contains(problem, (await _folder.FailAsync(request => request with { ConfigPaths = [_folder.FileOf("c.conf")] })).Message, StringComparison.Ordinal);
    }
}
