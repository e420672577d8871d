using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Resources;

namespace Sidecar.Runtime.Access;

/// <summary>
/// Who may call the app of one sidecar (<c>accessControl</c> of its Configuration). A caller is known by its app id, namespace and trust domain, as with mTLS: inside one host nobody can
/// take another's name. daprd without mTLS knows no callers and applies the default to all.
/// </summary>
public sealed class CallerAccess
{
    private readonly AccessControlRules? _rules;
    private readonly SidecarOptions _app;
    private readonly Dictionary<(string AppId, string Namespace), (CallerPolicy Policy, IReadOnlyList<OperationPattern> Patterns)> _policies = [];

    /// <summary>Makes the answer from the rules; null lets everybody in.</summary>
    public CallerAccess(AccessControlRules? rules, SidecarOptions app)
    {
        (_rules, _app) = (rules, app);
        foreach (var policy in rules?.Policies ?? [])
            _policies[(policy.AppId, policy.Namespace)] = (policy, [.. policy.Operations.Select(operation => new OperationPattern(operation, IgnoreCase: !SpeaksGrpc))]);
    }

    /// <summary>Lets everybody in.</summary>
    public static CallerAccess Everybody { get; } = new(null, new SidecarOptions { AppId = "" });

    /// <summary>Trust domain of this sidecar's own app, when it calls.</summary>
    public string TrustDomain => _rules?.TrustDomain ?? AccessControlRules.DefaultTrustDomain;

    private bool SpeaksGrpc => _app.AppProtocol.StartsWith("grpc", StringComparison.OrdinalIgnoreCase);

    /// <summary>Says why a call is refused; null when it is not.</summary>
    /// <param name="caller">The calling app.</param>
    /// <param name="trustDomain">Its trust domain.</param>
    /// <param name="path">Path or gRPC method that is called.</param>
    /// <param name="verb">HTTP verb; <c>NONE</c> for a gRPC method.</param>
    public string? Refusal(SidecarOptions caller, string trustDomain, string path, string verb)
    {
        // An app that calls itself never leaves its sidecar.
        if (_rules is null || (caller.AppId == _app.AppId && caller.Namespace == _app.Namespace))
            return null;
        var operation = OperationPattern.Normalize(path);
        return Allows(_rules, caller, trustDomain, operation, verb)
            ? null
            : $"access control policy has denied access to appid: {caller.AppId} operation: {operation} verb: {verb}";
    }

    private bool Allows(AccessControlRules rules, SidecarOptions caller, string trustDomain, string operation, string verb)
    {
        if (!_policies.TryGetValue((caller.AppId, caller.Namespace), out var found) || found.Policy.TrustDomain != trustDomain)
            return rules.DefaultAllow;
        var otherwise = found.Policy.DefaultAllow ?? rules.DefaultAllow;
        if (found.Patterns.FirstOrDefault(pattern => pattern.Fits(operation)) is not { } fitting)
            return otherwise;
        var isAboutVerb = SpeaksGrpc || fitting.Rule.Verbs.Contains(verb, StringComparer.Ordinal) || fitting.Rule.Verbs.Contains("*", StringComparer.Ordinal);
        return isAboutVerb ? fitting.Rule.Allow : otherwise;
    }
}
