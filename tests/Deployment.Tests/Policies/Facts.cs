using System.Text.RegularExpressions;
using Deployment.Tests.Drift;
using Deployment.Tests.Files;

namespace Deployment.Tests.Policies;

/// <summary>What the policies know of the rest of the repository.</summary>
internal static partial class Facts
{
    /// <summary>App ids of dapr.yaml.</summary>
    public static IReadOnlyList<string> Apps { get; } = [.. RunFiles.Dapr(Checkout.Here).Apps.Select(app => app.Id)];

    /// <summary>Where every service answers probes: what ServiceDefaults maps, and what the others map by hand.</summary>
    public static IReadOnlyList<string> HealthPaths { get; } =
    [
        .. RunFiles.Dapr(Checkout.Here).Apps
            .Select(app => Catalogue.Find(Checkout.Here, app.Folder!, MapsDefaults()).Any()
                ? [HealthPath().Match(Checkout.Here.Read("services/ServiceDefaults/ServiceDefaultsExtensions.cs")).Groups[1].Value]
                : Catalogue.Find(Checkout.Here, app.Folder!, MapsGet()).Select(found => found.Match.Groups[1].Value).ToHashSet())
            .Aggregate((all, mapped) => [.. all.Intersect(mapped)]),
    ];

    /// <summary>Names of the components that the services cannot do without: the store, the broker, the Gateway's secrets.</summary>
    public static IReadOnlyList<string> Components { get; } =
    [
        .. new[] { "services/ServiceDefaults/State", "services/ServiceDefaults/Outbox", "services/Gateway/Gateway/Security" }
            .SelectMany(folder => Catalogue.Find(Checkout.Here, folder, ComponentName())).Select(found => found.Match.Groups[1].Value).Distinct(),
    ];

    [GeneratedRegex(@"\.MapServiceDefaults\(")]
    private static partial Regex MapsDefaults();

    [GeneratedRegex("const string HealthPath = \"([^\"]+)\"")]
    private static partial Regex HealthPath();

    [GeneratedRegex("\\.(?:MapGet|get)\\(\"([^\"]+)\"")]
    private static partial Regex MapsGet();

    [GeneratedRegex("const string (?:Store|PubSub|SecretStore) = \"([^\"]+)\"")]
    private static partial Regex ComponentName();
}
