namespace ApiConformance;

/// <summary>What CallRecorder wrote down, as keys of <see cref="ApiMethod"/>.</summary>
internal sealed class RecordedCalls(IReadOnlyList<ApiMethod> methods)
{
    // Tried in turn on the path of a call; only those whose route says by itself what is called.
    private readonly string[][] _appRoutes =
    [
        .. methods.Where(method => method.Transport == Transport.App && !method.Text.Contains("/{route}", StringComparison.Ordinal))
            .SelectMany(method => method.Keys).Select(key => key["app ".Length..].Split(['/', ' '], StringSplitOptions.RemoveEmptyEntries)),
    ];

    /// <summary>The keys called in a folder of records; with <paramref name="byMark"/> apart for each file of checks that says where it begins, otherwise all under "".</summary>
    public Dictionary<string, HashSet<string>> Read(string folder, bool byMark)
    {
        var called = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(folder, "*.calls"))
        {
            var mark = "";
            foreach (var line in File.ReadLines(file))
            {
                if (byMark && (line[0] == '#' ? ScriptOf(line) : MarkOf(line)) is { } begins)
                    mark = begins;
                else if (KeyOf(line.Split('\t')) is { } key)
                    (called.TryGetValue(mark, out var keys) ? keys : called[mark] = new(StringComparer.Ordinal)).Add(key);
            }
        }

        return called;
    }

    /// <summary>A run of checks is an app of the sidecar: <c>… -- node script</c>.</summary>
    private static string? ScriptOf(string line) => line.Split(' ').LastOrDefault(word => word.EndsWith(".mjs", StringComparison.Ordinal));

    /// <summary>A script that goes from file to file says so by setting metadata of this name.</summary>
    private static string? MarkOf(string line)
    {
        const string Mark = "/v1.0/metadata/checked-by-";
        var at = line.IndexOf(Mark, StringComparison.Ordinal);
        return at < 0 ? null : line[(at + Mark.Length)..];
    }

    private string? KeyOf(string[] fields) => fields switch
    {
        ["http", _, "/v1.0/invoke", ..] => ApiMethod.HttpKey("ANY", "/v1.0/invoke/{app}/method/{path}"),
        ["http", _, "", "400" or "401" or "404", ..] => null,
        ["http", _, "", ..] => ApiMethod.HttpKey("ANY", "/{path} with the header dapr-app-id"),
        ["http", var verb, var route, ..] => ApiMethod.HttpKey(verb, route),
        ["grpc", "served", var path, ..] => ApiMethod.GrpcKey(path),
        ["grpc", "proxied", _, "Ok"] => ApiMethod.GrpcKey("any method with the metadata dapr-app-id"),
        ["app", "OPTIONS", ..] => ApiMethod.AppKey("OPTIONS", "/{route} of an input binding"),
        ["app", "POST", _, _, "application/cloudevents+json"] => ApiMethod.AppKey("POST", "/{route} with a CloudEvent"),
        ["app", var verb, var path, ..] => AppKeyOf([verb, .. path.Split('/', StringSplitOptions.RemoveEmptyEntries)]),
        _ => null,
    };

    private string? AppKeyOf(string[] call)
    {
        // The route with the fewest parameters is meant.
        var route = _appRoutes.Where(route => route.Length == call.Length && route.Zip(call).All(part => part.First == "{}" || part.First == part.Second))
            .MinBy(route => route.Count(part => part == "{}"));
        return route is null ? null : ApiMethod.AppKey(route[0], "/" + string.Join('/', route[1..]));
    }
}
