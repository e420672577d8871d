namespace Sidecar.Runtime.Resources.Loading;

/// <summary>Reads Resiliency resources.</summary>
internal static class ResiliencyReader
{
    public static ResiliencySpec Read(Manifest manifest)
    {
        manifest.RequireName();
        var spec = manifest.Spec;
        var policies = spec.Map("policies");
        var targets = spec.Map("targets");
        var resiliency = new ResiliencySpec
        {
            Name = manifest.Name,
            Timeouts = Each(policies?.Map("timeouts"), (map, name) => map.Duration(name, TimeSpan.Zero)),
            Retries = Each(policies?.Map("retries"), (map, name) => Retry(map.Find(name)?.AsMap())),
            CircuitBreakers = Each(policies?.Map("circuitBreakers"), (map, name) => Breaker(map.Find(name)?.AsMap())),
            Scopes = manifest.Scopes,
            Location = manifest.Root.Location,
        };
        return resiliency with
        {
            Apps = Each(targets?.Map("apps"), (map, name) => Names(map.Find(name)?.AsMap(), resiliency)),
            Actors = Each(targets?.Map("actors"), (map, name) => ActorNames(map.Find(name)?.AsMap(), resiliency)),
            Components = Each(targets?.Map("components"), (map, name) => new ComponentPolicyNames(
                Names(map.Find(name)?.AsMap().Map("inbound"), resiliency), Names(map.Find(name)?.AsMap().Map("outbound"), resiliency))),
        };
    }

    private static Dictionary<string, T> Each<T>(YamlMap? map, Func<YamlMap, string, T> read) =>
        map?.Entries.ToDictionary(entry => entry.Key, entry => read(map, entry.Key), StringComparer.Ordinal) ?? [];

    private static RetryPolicy Retry(YamlMap? map)
    {
        var defaults = new RetryPolicy();
        if (map is null)
            return defaults;
        var matching = map.Map("matching");
        return new RetryPolicy
        {
            BackOff = map.Text("policy") switch
            {
                null or "" => BackOff.Constant,
                var policy when policy.Equals("constant", StringComparison.OrdinalIgnoreCase) => BackOff.Constant,
                var policy when policy.Equals("exponential", StringComparison.OrdinalIgnoreCase) => BackOff.Exponential,
                var policy => throw map.Find("policy")!.Error($"'{policy}' must be constant or exponential"),
            },
            Duration = map.Duration("duration", defaults.Duration),
            MaxInterval = map.Duration("maxInterval", defaults.MaxInterval),
            MaxRetries = map.Number("maxRetries", defaults.MaxRetries),
            MatchingHttpStatusCodes = Codes(matching, "httpStatusCodes", 100, 599),
            MatchingGrpcStatusCodes = Codes(matching, "gRPCStatusCodes", 0, 16),
        };
    }

    private static string Codes(YamlMap? matching, string key, int min, int max)
    {
        var text = matching?.Text(key) ?? "";
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var ends = part.Split('-', StringSplitOptions.TrimEntries);
            var valid = ends.Length <= 2 && ends.All(end => int.TryParse(end, out var code) && code >= min && code <= max)
                && int.Parse(ends[0]) <= int.Parse(ends[^1]);
            if (!valid)
                throw matching!.Find(key)!.Error($"'{part}' must be a code from {min} to {max} or a range such as {min}-{max}");
        }

        return text;
    }

    private static CircuitBreakerPolicy Breaker(YamlMap? map)
    {
        var defaults = new CircuitBreakerPolicy();
        return map is null ? defaults : new CircuitBreakerPolicy
        {
            MaxRequests = Math.Max(1, map.Number("maxRequests", defaults.MaxRequests, min: 0)),
            Interval = map.Duration("interval", defaults.Interval),
            Timeout = map.Duration("timeout", defaults.Timeout),
            Trip = map.Text("trip") is { Length: > 0 } trip ? trip : defaults.Trip,
        };
    }

    private static PolicyNames Names(YamlMap? target, ResiliencySpec policies) => target is null ? new PolicyNames() : new PolicyNames(
        Name(target, "timeout", policies.Timeouts.Keys), Name(target, "retry", policies.Retries.Keys),
        Name(target, "circuitBreaker", policies.CircuitBreakers.Keys));

    private static ActorPolicyNames ActorNames(YamlMap? target, ResiliencySpec policies)
    {
        var names = Names(target, policies);
        var scope = target?.Text("circuitBreakerScope") ?? "";
        if (names.CircuitBreaker.Length > 0 && scope.Length == 0)
            throw target!.Find("circuitBreaker")!.Error("circuitBreakerScope is missing beside it: one of id, type or both");
        return new ActorPolicyNames(
            names,
            scope switch
            {
                "" or "type" => ActorBreakerScope.Type,
                "id" => ActorBreakerScope.Id,
                "both" => ActorBreakerScope.Both,
                _ => throw target!.Find("circuitBreakerScope")!.Error($"'{scope}' must be id, type or both"),
            },
            target?.Number("circuitBreakerCacheSize", 5000, min: 1) ?? 5000);
    }

    private static string Name(YamlMap target, string key, IEnumerable<string> defined)
    {
        var name = target.Text(key) ?? "";
        // Dapr's built-in policies may be named without being declared.
        if (name.Length == 0 || defined.Contains(name) || name.StartsWith("DaprBuiltIn", StringComparison.Ordinal))
            return name;
        throw target.Find(key)!.Error($"policy '{name}' is not declared under spec.policies{Spelling.Hint(name, defined)}");
    }
}
