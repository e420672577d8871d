using System.Text.RegularExpressions;
using Deployment.Tests.Files;
using YamlDotNet.RepresentationModel;

namespace Deployment.Tests.Drift;

/// <summary>Holds the resources of components/ and k8s/ against the apps: who is named there is an app, and who uses a component in its code is let in.</summary>
internal static partial class ScopeComparison
{
    private static readonly string[] s_folders = ["components", "k8s"];
    private static readonly string[] s_scoped = ["Component", "HTTPEndpoint", "Subscription", "Resiliency", "WorkflowAccessPolicy"];

    /// <summary>What in the code of an app uses a component, and which.</summary>
    private static readonly (Regex Expression, string? Component)[] s_uses =
    [
        (UnitOfWork(), "statestore"), (UnitOfWork(), "pubsub"), (StateItself(), "statestore"), (Topic(), "pubsub"), (ActorsOrWorkflows(), "statestore"), (Switches(), "configuration"), (SecretStore(), null), (TypeScriptName(), null),
    ];

    public static IReadOnlyList<Difference> Find(Checkout checkout) => [.. Strangers(checkout), .. Uses(checkout), .. Targets(checkout), .. Patience(checkout)];

    private static IEnumerable<Difference> Strangers(Checkout checkout)
    {
        var run = RunFiles.Dapr(checkout);
        return from found in All(checkout, s_scoped)
               from scope in found.Node.Items("scopes")
               where run.Apps.All(app => app.Id != scope.Text())
               select new Difference($"'{scope.Text()}' is in the scopes of {NameOf(found.Node)} and is no app", scope.In(found.File), run.Whole);
    }

    /// <summary>The scopes of a component are the apps whose code uses it: one too few cannot work, one too many can read what is none of its business.</summary>
    private static IEnumerable<Difference> Uses(Checkout checkout)
    {
        var apps = RunFiles.Dapr(checkout).Apps;
        var uses = (from app in apps
                    from use in s_uses
                    from found in Catalogue.Find(checkout, app.Folder!, use.Expression)
                    select (App: app.Id, Component: use.Component ?? found.Match.Groups[1].Value, found.At)).ToList();
        foreach (var (file, component) in All(checkout, ["Component"]).Where(found => found.Node.Items("scopes").Any()))
        {
            var name = component.Text("metadata", "name");
            foreach (var use in uses.Where(use => use.Component == name && !component.Texts("scopes").Contains(use.App)).DistinctBy(use => use.App))
            {
                yield return new Difference($"'{use.App}' uses component '{name}' and is not in its scopes", use.At, component.At("scopes")!.In(file));
            }

            foreach (var scope in component.Items("scopes").Where(scope => uses.Any(use => use.Component == name) && !uses.Any(use => use.Component == name && use.App == scope.Text())))
            {
                var app = apps.FirstOrDefault(app => app.Id == scope.Text());
                yield return new Difference($"'{scope.Text()}' is in the scopes of component '{name}' and does not use it", scope.In(file), new Place(app?.Folder ?? "dapr.yaml", 0));
            }
        }
    }

    /// <summary>Policies of Resiliency are for apps and components that there are.</summary>
    private static IEnumerable<Difference> Targets(Checkout checkout)
    {
        var run = RunFiles.Dapr(checkout);
        return from found in All(checkout, ["Resiliency"])
               from target in found.Node.Entries("spec", "targets", "apps")
               where run.Apps.All(app => app.Id != target.Key)
               select new Difference($"{NameOf(found.Node)} has a policy for '{target.Key}', which is no app", target.KeyNode.In(found.File), run.Whole);
    }

    /// <summary>A cluster waits, retries and gives up as `./run` does: both Resiliency files say the same.</summary>
    private static IEnumerable<Difference> Patience(Checkout checkout) =>
        from here in Resource.All(checkout, "components", "Resiliency")
        from there in Resource.All(checkout, "k8s/base", "Resiliency")
        where !here.Node.At("spec")!.Equals(there.Node.At("spec"))
        let unequal = FirstDifference(here.Node.At("spec")!, there.Node.At("spec")!)
        select new Difference($"{NameOf(here.Node)} is not the same", unequal.One.In(here.File), unequal.Other.In(there.File));

    private static (YamlNode One, YamlNode Other) FirstDifference(YamlNode one, YamlNode other)
    {
        foreach (var (key, _, value) in one.Entries())
        {
            if (other.At(key) is not { } counterpart)
                return (value, other);
            if (!value.Equals(counterpart))
                return FirstDifference(value, counterpart);
        }

        return (one, other);
    }

    private static IEnumerable<(string File, YamlMappingNode Node)> All(Checkout checkout, string[] kinds) =>
        from folder in s_folders from kind in kinds from found in Resource.All(checkout, folder, kind) select found;

    private static string NameOf(YamlNode resource) => $"{resource.Text("kind")} '{resource.Text("metadata", "name")}'";

    [GeneratedRegex(@"\.AddUnitOfWork\(")]
    private static partial Regex UnitOfWork();

    [GeneratedRegex(@"StateAsync[^(]*\(UnitOfWork\.Store\b")]
    private static partial Regex StateItself();

    [GeneratedRegex(@"\.(SubscribeTo|WithTopic)\(")]
    private static partial Regex Topic();

    [GeneratedRegex(@"\.(AddActors|AddDaprWorkflow)\(")]
    private static partial Regex ActorsOrWorkflows();

    [GeneratedRegex(@"\.AddFeatureSwitches\(")]
    private static partial Regex Switches();

    [GeneratedRegex("const string SecretStore = \"([^\"]+)\"")]
    private static partial Regex SecretStore();

    [GeneratedRegex("const (?:pubsub|store) = \"([^\"]+)\"")]
    private static partial Regex TypeScriptName();
}
