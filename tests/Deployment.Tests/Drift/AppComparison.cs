using Deployment.Tests.Files;

namespace Deployment.Tests.Drift;

/// <summary>Holds what starts the apps against each other: every list has the same apps, under the same ids, on the same ports, with the same switches.</summary>
internal static class AppComparison
{
    public static IReadOnlyList<Difference> Find(Checkout checkout)
    {
        var run = RunFiles.Dapr(checkout);
        return
        [
            .. Compare(run, Catalogue.Apps(checkout)),
            .. Compare(run, RunFiles.Tye(checkout)),
            .. Compare(run, ClusterApps.Apps(checkout)),
            .. ClusterApps.Ports(checkout),
            .. Endpoints(checkout, run),
        ];
    }

    private static IEnumerable<Difference> Compare(AppList left, AppList right)
    {
        var rest = right.Apps.ToList();
        var alone = new List<AppEntry>();
        foreach (var one in left.Apps)
        {
            var other = rest.Find(app => app.Folder is not null && app.Folder == one.Folder) ?? rest.Find(app => app.Folder is null && app.Id == one.Id);
            if (other is null)
            {
                alone.Add(one);
                continue;
            }

            rest.Remove(other);
            foreach (var difference in Compare(one, other))
            {
                yield return difference;
            }
        }

        // Whatever is left on both sides is most likely one app under two names.
        foreach (var (one, other) in alone.Zip(rest))
        {
            yield return new Difference($"app id '{one.Id}' in {left.Name} is '{other.Id}' in {right.Name}", one.At, other.At);
        }

        foreach (var one in alone.Skip(rest.Count))
        {
            yield return new Difference($"app '{one.Id}' is missing in {right.Name}", one.At, right.Whole);
        }

        foreach (var other in rest.Skip(alone.Count))
        {
            yield return new Difference($"app '{other.Id}' is missing in {left.Name}", other.At, left.Whole);
        }
    }

    private static IEnumerable<Difference> Compare(AppEntry one, AppEntry other)
    {
        if (one.Id != other.Id)
        {
            yield return new Difference($"app id '{one.Id}' is '{other.Id}' elsewhere", one.At, other.At);
        }

        if (one.Port is { } port && other.Port is { } otherPort && port.Value != otherPort.Value)
        {
            yield return new Difference($"app '{one.Id}' has port {port.Value} and port {otherPort.Value}", port.At, otherPort.At);
        }

        foreach (var (name, (value, at)) in one.Environment)
        {
            // Code says which switches it has, not how they stand.
            if (!other.At.File.EndsWith(".yaml", StringComparison.Ordinal))
            {
                continue;
            }

            if (!other.Environment.TryGetValue(name, out var given))
            {
                yield return new Difference($"app '{one.Id}' is given {name} in one place only", at, other.At);
            }
            else if (given.Value != value)
            {
                yield return new Difference($"app '{one.Id}' has {name} '{value}' and '{given.Value}'", at, given.At);
            }
        }
    }

    /// <summary>HTTPEndpoints on this machine name an app, and the port that the app has in dapr.yaml.</summary>
    private static IEnumerable<Difference> Endpoints(Checkout checkout, AppList run)
    {
        foreach (var (file, endpoint) in Resource.All(checkout, "components", "HTTPEndpoint"))
        {
            var address = endpoint.At("spec", "baseUrl")!;
            var app = run.Apps.FirstOrDefault(app => app.Id == endpoint.Text("metadata", "name"));
            if (app is null)
            {
                yield return new Difference($"HTTPEndpoint '{endpoint.Text("metadata", "name")}' is no app", endpoint.At("metadata", "name")!.In(file), run.Whole);
            }
            else if (new Uri(address.Text()!) is { IsLoopback: true } uri && app.Port is { } port && $"{uri.Port}" != port.Value)
            {
                yield return new Difference($"HTTPEndpoint '{app.Id}' leads to port {uri.Port}, the app has port {port.Value}", address.In(file), port.At);
            }
        }
    }
}
