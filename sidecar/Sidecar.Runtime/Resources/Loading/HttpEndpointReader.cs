namespace Sidecar.Runtime.Resources.Loading;

/// <summary>An HTTP endpoint as declared, before its references are resolved.</summary>
internal sealed record DeclaredHttpEndpoint(HttpEndpoint Head, IReadOnlyList<NamedValue> Headers, DeclaredTls? Tls, string SecretStore);

/// <summary><c>clientTLS</c> before its references are resolved.</summary>
internal sealed record DeclaredTls(NamedValue? RootCa, NamedValue? Certificate, NamedValue? PrivateKey, string Renegotiation);

/// <summary>Reads HTTPEndpoint resources.</summary>
internal static class HttpEndpointReader
{
    public static DeclaredHttpEndpoint Read(Manifest manifest, IReadOnlyDictionary<int, int> loopbackPorts)
    {
        manifest.RequireName();
        var spec = manifest.Spec;
        var text = spec.RequiredText("baseUrl", "the address, such as http://localhost:8080");
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw spec.Find("baseUrl")!.Error($"'{text}' must be an absolute http or https address");
        return new DeclaredHttpEndpoint(
            new HttpEndpoint(manifest.Name, Map(address, loopbackPorts), new Dictionary<string, string>(), manifest.Scopes, manifest.Root.Location),
            NamedValue.ReadList(spec, "headers"),
            spec.Map("clientTLS") is { } tls ? ReadTls(tls) : null,
            manifest.SecretStore);
    }

    public static async ValueTask<HttpEndpoint> ResolveAsync(
        DeclaredHttpEndpoint declared, ValueResolver resolver, IReadOnlySet<string> secretStores, CancellationToken cancellationToken)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var header in declared.Headers)
        {
            headers[header.Name] = await resolver.ResolveAsync(header, declared.SecretStore, secretStores, cancellationToken);
        }

        return declared.Head with
        {
            Headers = headers,
            ClientTls = declared.Tls is { } tls
                ? new HttpEndpointTls(await TextAsync(tls.RootCa), await TextAsync(tls.Certificate), await TextAsync(tls.PrivateKey), tls.Renegotiation)
                : null,
        };

        async ValueTask<string> TextAsync(NamedValue? value) =>
            value is null ? "" : await resolver.ResolveAsync(value, declared.SecretStore, secretStores, cancellationToken);
    }

    private static DeclaredTls ReadTls(YamlMap tls)
    {
        var renegotiation = tls.Text("renegotiation") ?? "";
        if (renegotiation is not ("" or "RenegotiateNever" or "RenegotiateOnceAsClient" or "RenegotiateFreelyAsClient"))
            throw tls.Find("renegotiation")!.Error($"'{renegotiation}' must be RenegotiateNever, RenegotiateOnceAsClient or RenegotiateFreelyAsClient");
        return new DeclaredTls(Value("rootCA"), Value("certificate"), Value("privateKey"), renegotiation);

        NamedValue? Value(string key) =>
            tls.Map(key) is { } value ? new NamedValue(key, ValueSource.Read(value), value.Location, value.Path) : null;
    }

    private static Uri Map(Uri address, IReadOnlyDictionary<int, int> loopbackPorts) =>
        address.IsLoopback && loopbackPorts.TryGetValue(address.Port, out var port) ? new UriBuilder(address) { Port = port }.Uri : address;
}
