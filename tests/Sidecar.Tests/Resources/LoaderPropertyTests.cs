using FsCheck;
using FsCheck.Fluent;
using Sidecar.Runtime.Resources;
using Sidecar.Runtime.Resources.Loading;

namespace Sidecar.Tests.Resources;

/// <summary>Whatever stands in a file, the loader loads it or says what is wrong with it.</summary>
public sealed class LoaderPropertyTests
{
    private static readonly string[] s_pieces =
    [
        "kind: ", "Component", "Subscription", "Resiliency", "HTTPEndpoint", "Configuration", "apiVersion: dapr.io/v1alpha1\n", "apiVersion: dapr.io/v2alpha1\n",
        "metadata:", "  name: ", "spec:", "  type: state.in-memory", "  metadata:\n  - name: k\n    value: ", "scopes: [orders]\n", "auth: {secretStore: x}\n", "a", "1", "-1.5e9", "~",
        "'", "\"", "{", "}", "[", "]", ",", ":", ": ", "- ", "\n", "\n  ", "\n    ", "---\n", "...\n", "&a ", "*a", "<<: *a\n", "!!str ", "!tag ", "| \n", "> \n", "# c\n", "\t", "\0", "\u0085", "é", "%YAML 1.2\n",
        "{uuid}", "{podName}", "secretKeyRef: {name: a}", "envRef: PATH", "baseUrl: http://x", "topic: t", "routes: {rules: [{path: /}]}", "tracing: {samplingRate: .nan}",
        "policies: {retries: {r: {maxRetries: 99999999999}}}", "timeouts: {t: 9999999999999h}", "0x", "0777777777777777777777", "? ", "@", "`",
    ];

    private static readonly Config s_config = Config.QuickThrowOnFailure.WithMaxTest(1000).WithEndSize(60);

    [Fact]
    public void Any_mixture_of_yaml_is_loaded_or_refused_with_a_resource_error()
    {
        var mixtures = Gen.Elements(s_pieces).ListOf().Select(pieces => string.Concat(pieces)).ToArbitrary();
        using var folder = new ResourceFolder();
        Prop.ForAll(mixtures, text => LoadsOrRefuses(folder, text)).Check(s_config);
    }

    [Fact]
    public void Any_text_is_loaded_or_refused_with_a_resource_error()
    {
        using var folder = new ResourceFolder();
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), text => LoadsOrRefuses(folder, text ?? "")).Check(s_config);
    }

    [Fact]
    public void A_valid_resource_with_one_piece_changed_is_loaded_or_refused_with_a_resource_error()
    {
        const string valid = "apiVersion: dapr.io/v2alpha1\nkind: Subscription\nmetadata: {name: s}\nspec:\n  pubsubname: bus\n  topic: t\n  routes:\n    default: /rest\n    rules:\n    - {match: x, path: /a}\n  bulkSubscribe: {enabled: true}\n";
        var changes =
            from at in Gen.Choose(0, valid.Length)
            from cut in Gen.Choose(0, 12)
            from piece in Gen.Elements(s_pieces)
            select string.Concat(valid.AsSpan(0, at), piece, valid.AsSpan(Math.Min(valid.Length, at + cut)));
        using var folder = new ResourceFolder();
        Prop.ForAll(changes.ToArbitrary(), text => LoadsOrRefuses(folder, text)).Check(s_config);
    }

    [Fact]
    public void Durations_survive_being_written_the_way_go_does() =>
        Prop.ForAll(
            Gen.Choose(0, 100_000_000).ToArbitrary(),
            milliseconds => GoDuration.TryParse($"{milliseconds / 3_600_000}h{milliseconds / 60_000 % 60}m{milliseconds % 60_000 / 1000d}s", out var read)
                && Math.Abs((read - TimeSpan.FromMilliseconds(milliseconds)).TotalMilliseconds) < 0.001).Check(s_config);

    [Theory]
    [InlineData('[')]
    [InlineData('{')]
    public void Endless_nesting_is_refused(char opening) =>
        Assert.Throws<ResourceException>(() => YamlText.Parse(new string(opening, 20_000), "deep.yaml"));

    [Fact]
    public async Task Aliases_that_multiply_are_refused()
    {
        using var folder = new ResourceFolder();
        var text = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + string.Concat(Enumerable.Range(1, 9).Select(i => $"a{i}: &a{i} [{string.Join(',', Enumerable.Repeat($"*a{i - 1}", 10))}]\n"));
        folder.With("a.yaml", text + "kind: Component\nmetadata: {name: x}\nspec:\n  type: state.in-memory\n  metadata:\n  - {name: bomb, value: *a9}\n");

        Assert.Contains("makes more than", (await folder.FailAsync()).Message, StringComparison.Ordinal);
    }

    private static bool LoadsOrRefuses(ResourceFolder folder, string text)
    {
        folder.With("fuzz.yaml", text);
        try
        {
            var path = folder.FileOf("fuzz.yaml");
            folder.LoadAsync(change: request => request with { ConfigPaths = [path] }).GetAwaiter().GetResult();
        }
        catch (ResourceException error)
        {
            return error.Message.Contains("fuzz.yaml", StringComparison.Ordinal);
        }

        return true;
    }
}
