using Deployment.Tests.Files;

namespace Deployment.Tests.Rendering;

/// <summary>
/// Everything that can be rendered from k8s/, found and rendered once for all tests: the base, every overlay, every kustomize Component on the base alone, and overlays with another of their choices.
/// </summary>
internal static class Renderings
{
    private static readonly Dictionary<string, Choice> s_choices = new[]
    {
        Choice.Local("pubsub-rabbitmq", "rabbitmq", "pubsub-kafka", "kafka"),
        Choice.Local("pubsub-rabbitmq", "rabbitmq", "pubsub-nats", "nats"),
        Choice.Local("pubsub-rabbitmq", "rabbitmq", "pubsub-redis", "redis"),
        Choice.Local("state-postgresql", "postgresql", "state-redis", "redis"),
        new Choice("overlays/aks with eventhubs", "overlays/aks", [("- servicebus\n", "- eventhubs\n")]),
    }.ToDictionary(choice => choice.Name);

    /// <summary>Folders of k8s/overlays.</summary>
    public static IReadOnlyList<string> Overlays { get; } = Folders("overlays");

    /// <summary>Folders of k8s/components.</summary>
    public static IReadOnlyList<string> Components { get; } = Folders("components");

    /// <summary>What is rendered, such as <c>overlays/local</c> or <c>overlays/local with kafka</c>.</summary>
    public static IReadOnlyList<string> Names { get; } = ["base", .. Overlays, .. Components, .. s_choices.Keys];

    private static readonly Lazy<IReadOnlyDictionary<string, Lazy<Task<IReadOnlyList<KubeObject>>>>> s_all =
        new(() => Names.ToDictionary(name => name, name => new Lazy<Task<IReadOnlyList<KubeObject>>>(() => RenderAsync(name))));

    /// <summary>Components that belong to one overlay, and the ones of them that an overlay or a choice takes.</summary>
    public static (IReadOnlyList<string> There, IReadOnlyList<string> Taken) OwnComponents()
    {
        var there = Checkout.Here.Files("k8s/overlays", "/kustomization.yaml")
            .Where(file => Checkout.Here.Documents(file).Single().Text("kind") == "Component").Select(file => file["k8s/".Length..^"/kustomization.yaml".Length]).ToList();
        var taken = Overlays.Select(overlay => (overlay, Text: Checkout.Here.Read($"k8s/{overlay}/kustomization.yaml")))
            .Concat(s_choices.Values.Select(choice => (choice.Overlay, choice.Changed())))
            .SelectMany(taker => there.Where(own => own.StartsWith(taker.Item1 + "/", StringComparison.Ordinal) && taker.Item2.Contains($"- {own[(taker.Item1.Length + 1)..]}\n", StringComparison.Ordinal)));
        return (there, [.. taken.Distinct().Order(StringComparer.Ordinal)]);
    }

    public static TheoryData<string> AllRows() => [.. Names];

    public static TheoryData<string> OverlayRows() => [.. Overlays, .. s_choices.Keys];

    public static Task<IReadOnlyList<KubeObject>> OfAsync(string name) => s_all.Value[name].Value;

    private static async Task<IReadOnlyList<KubeObject>> RenderAsync(string name)
    {
        if (s_choices.TryGetValue(name, out var choice))
            return Read(name, await InCopyAsync(choice.File, choice.Changed()));
        // A Component has no life of its own: it goes on the base, without the others.
        return Read(name, name.StartsWith("components/", StringComparison.Ordinal)
            ? await InCopyAsync("k8s/alone/kustomization.yaml", $"apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: orders\nresources:\n- ../base\ncomponents:\n- ../{name}\n")
            : await Kubectl.KustomizeAsync(Path.Combine(Checkout.Root, "k8s", name)));
    }

    /// <summary>Renders a kustomization that is not in the repository, in a copy of k8s/.</summary>
    private static async Task<string> InCopyAsync(string file, string text)
    {
        var copy = Directory.CreateTempSubdirectory("kustomize-").FullName;
        try
        {
            foreach (var other in Checkout.Here.Files("k8s", "").Where(other => !other.StartsWith("k8s/schemas/", StringComparison.Ordinal)))
                await WriteAsync(other, Checkout.Here.Read(other));
            await WriteAsync(file, text);
            return await Kubectl.KustomizeAsync(Path.Combine(copy, Path.GetDirectoryName(file)!));
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }

        async Task WriteAsync(string path, string content)
        {
            var target = Path.Combine(copy, path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            await File.WriteAllTextAsync(target, content);
        }
    }

    private static IReadOnlyList<string> Folders(string below) =>
        [.. Checkout.Here.Files($"k8s/{below}", "/kustomization.yaml").Where(file => file.Count(c => c == '/') == 3).Select(file => file["k8s/".Length..^"/kustomization.yaml".Length])];

    private static IReadOnlyList<KubeObject> Read(string name, string text) => [.. Yaml.Documents(text).Select(document => new KubeObject(name, document))];

    /// <summary>An overlay in which some lines of its kustomization are others.</summary>
    private sealed record Choice(string Name, string Overlay, IReadOnlyList<(string Old, string New)> Changes)
    {
        public string File => $"k8s/{Overlay}/kustomization.yaml";

        public static Choice Local(string oldComponent, string oldServer, string component, string server) => new(
            $"overlays/local with {component}", "overlays/local", [($"components/{oldComponent}\n", $"components/{component}\n"), ($"servers/{oldServer}\n", $"servers/{server}\n")]);

        public string Changed() => Changes.Aggregate(Checkout.Here, (checkout, change) => checkout.Changed(File, change.Old, change.New)).Read(File);
    }
}
