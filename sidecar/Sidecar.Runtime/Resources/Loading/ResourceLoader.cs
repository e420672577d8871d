namespace Sidecar.Runtime.Resources.Loading;

/// <summary>Loads what one sidecar works with: its resources folders and configuration files, scopes applied and references resolved.</summary>
public static class ResourceLoader
{
    private static readonly string[] s_componentKeys = ["type", "version", "metadata", "ignoreErrors", "initTimeout"];

    /// <summary>Loads everything. Secret stores are handed to <paramref name="secrets"/> on the way, before what refers to them is resolved.</summary>
    /// <exception cref="ResourceException">A file, a key or a reference is wrong.</exception>
    public static async Task<SidecarResources> LoadAsync(ResourceLoadRequest request, ISecretResolver secrets, CancellationToken cancellationToken)
    {
        var declared = Read(request);
        var resolver = new ValueResolver(request, secrets);
        var stores = SecretStoreOrder.Of([.. declared.Components.Where(component => component.IsSecretStore)]);
        var storeNames = stores.Select(store => store.Head.Name).ToHashSet(StringComparer.Ordinal);
        var components = new List<Component>();
        foreach (var store in stores)
        {
            var component = await ComponentReader.ResolveAsync(store, resolver, storeNames, cancellationToken);
            await secrets.InitializeAsync(component, cancellationToken);
            components.Add(component);
        }

        foreach (var other in declared.Components.Where(component => !component.IsSecretStore))
        {
            components.Add(await ComponentReader.ResolveAsync(other, resolver, storeNames, cancellationToken));
        }

        var endpoints = new List<HttpEndpoint>();
        foreach (var endpoint in declared.HttpEndpoints)
        {
            endpoints.Add(await HttpEndpointReader.ResolveAsync(endpoint, resolver, storeNames, cancellationToken));
        }

        return new SidecarResources
        {
            FixedAtStart = string.Join('\n', declared.FixedAtStart.Concat(request.ConfigPaths.Select(File.ReadAllText))),
            Components = components,
            Subscriptions = declared.Subscriptions,
            HttpEndpoints = endpoints,
            Resiliencies = declared.Resiliencies,
            Configuration = ConfigurationReader.Read(request.ConfigPaths, declared.Warnings),
            Warnings = declared.Warnings,
        };
    }

    /// <summary>Addresses of the HTTPEndpoint resources of some folders, whichever app they are scoped to.</summary>
    /// <exception cref="ResourceException">A file is no YAML, or an endpoint has no address.</exception>
    public static IReadOnlyList<Uri> HttpEndpointAddresses(IEnumerable<string> resourcesPaths) =>
        [.. Manifests(resourcesPaths, []).Where(manifest => manifest.Kind == "HTTPEndpoint")
            .Select(manifest => HttpEndpointReader.Read(manifest, new Dictionary<int, int>()).Head.BaseUrl)];

    private static DeclaredResources Read(ResourceLoadRequest request)
    {
        var declared = new DeclaredResources();
        var namespaceFilter = request.Environment("NAMESPACE");
        foreach (var manifest in Manifests(request.ResourcesPaths, declared.Warnings))
        {
            if (!manifest.IsInScope(request.AppId))
                continue;
            if (!string.IsNullOrEmpty(namespaceFilter) && !string.IsNullOrEmpty(manifest.Namespace) && manifest.Namespace != namespaceFilter)
                continue;
            declared.RefuseDuplicate(manifest, request.AppId);
            switch (manifest.Kind)
            {
                case "Component":
                    declared.Components.Add(ComponentReader.Read(manifest, request.KnownComponentTypes));
                    declared.Warnings.AddRange(manifest.Spec.Unknown(s_componentKeys)
                        .Select(entry => $"{entry.Value.Location}: {entry.Value.Path} is no key of a Component{Spelling.Hint(entry.Key, s_componentKeys)}"));
                    break;
                case "Subscription":
                    declared.Subscriptions.Add(SubscriptionReader.Read(manifest));
                    break;
                case "HTTPEndpoint":
                    declared.FixedAtStart.Add(manifest.Text);
                    declared.HttpEndpoints.Add(HttpEndpointReader.Read(manifest, request.LoopbackPorts));
                    break;
                case "Resiliency":
                    declared.FixedAtStart.Add(manifest.Text);
                    declared.Resiliencies.Add(ResiliencyReader.Read(manifest));
                    break;
                case "Configuration":
                    declared.Warnings.Add($"{manifest.Root.Location}: a Configuration in a resources folder is ignored; give it by --config");
                    break;
            }
        }

        return declared;
    }

    private static IEnumerable<Manifest> Manifests(IEnumerable<string> folders, List<string> warnings)
    {
        foreach (var folder in folders)
        {
            if (!Directory.Exists(folder))
                throw new ResourceException(new SourceLocation(folder, 0), "", "the resources folder does not exist");
            foreach (var file in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
            {
                if (!(file.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || file.EndsWith(".yml", StringComparison.OrdinalIgnoreCase)))
                    continue;
                foreach (var document in YamlText.ReadFile(file))
                {
                    if (Manifest.TryRead(document) is { } manifest)
                        yield return manifest;
                    else
                        warnings.Add($"{document.Location}: this document has no 'kind' and is ignored");
                }
            }
        }
    }
}
