using Sidecar.Runtime.Resources;

namespace Sidecar.Tests.Resources;

public sealed class ComponentLoadingTests : IDisposable
{
    private readonly ResourceFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static string Component(string name, string type = "state.in-memory", string rest = "") =>
        $"apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: {name}\nspec:\n  type: {type}\n  version: v1\n{rest}";

    [Fact]
    public async Task Every_document_of_every_yaml_file_directly_in_the_folder_is_read()
    {
        _folder.With("a.yaml", Component("one") + "---\n" + Component("two")).With("b.yml", Component("three")).With("notes.txt", "kind: [");
        Directory.CreateDirectory(_folder.FileOf("deeper"));
        _folder.With("deeper/c.yaml", Component("four"));

        var resources = await _folder.LoadAsync();

        Assert.Equal(["one", "two", "three"], resources.Components.Select(component => component.Name));
    }

    [Theory]
    [InlineData("30", "30")]
    [InlineData("\"030\"", "030")]
    [InlineData("true", "true")]
    [InlineData("yes", "true")]
    [InlineData("'yes'", "yes")]
    [InlineData("1.50", "1.5")]
    [InlineData("0600", "384")]
    [InlineData("30s", "30s")]
    [InlineData("", "")]
    [InlineData("{\"a\": [1, x, true]}", "{\"a\":[1,\"x\",true]}")]
    public async Task A_metadata_value_arrives_as_dapr_hands_it_over(string yaml, string expected)
    {
        _folder.With("a.yaml", Component("store", rest: $"  metadata:\n  - name: key\n    value: {yaml}\n"));

        var resources = await _folder.LoadAsync();

        Assert.Equal(expected, resources.Components.Single().Metadata["KEY"]);
    }

    [Fact]
    public async Task Placeholders_are_replaced_and_each_uuid_is_another()
    {
        _folder.Environment["POD_NAME"] = "pod-7";
        _folder.With("a.yaml", Component("store", rest: "  metadata:\n  - name: id\n    value: \"{appID}/{namespace}/{podName}/{uuid}/{uuid}\"\n"));

        var id = (await _folder.LoadAsync()).Components.Single().Metadata["id"].Split('/');

        Assert.Equal(["orders", "default.orders", "pod-7"], id[..3]);
        Assert.NotEqual(Guid.Parse(id[3]), Guid.Parse(id[4]));
    }

    [Fact]
    public async Task Scopes_keep_a_component_from_other_apps()
    {
        _folder.With("a.yaml", Component("mine", rest: "scopes: [orders]\n") + "---\n" + Component("theirs", rest: "scopes: [payments]\n"));

        var resources = await _folder.LoadAsync();

        Assert.Equal("mine", Assert.Single(resources.Components).Name);
    }

    [Theory]
    [InlineData(null, 2)]
    [InlineData("production", 1)]
    public async Task A_namespace_filters_only_when_the_environment_sets_one(string? environment, int expected)
    {
        if (environment is not null)
            _folder.Environment["NAMESPACE"] = environment;
        _folder.With("a.yaml", Component("anywhere") + "---\n" + Component("staging").Replace("name: staging", "name: staging\n  namespace: staging"));

        Assert.Equal(expected, (await _folder.LoadAsync()).Components.Count);
    }

    [Fact]
    public async Task Two_components_of_one_name_are_refused_even_when_they_are_different_blocks()
    {
        _folder.With("a.yaml", Component("shared")).With("b.yaml", Component("shared", "pubsub.in-memory"));

        var error = await _folder.FailAsync();

        Assert.Equal($"{_folder.FileOf("b.yaml")}:4: metadata.name: Component 'shared' is declared twice for app 'orders': also at {_folder.FileOf("a.yaml")}:1", error.Message);
    }

    [Fact]
    public async Task Two_components_of_one_name_may_stand_in_different_scopes()
    {
        _folder.With("a.yaml", Component("shared", rest: "scopes: [orders]\n") + "---\n" + Component("shared", rest: "scopes: [payments]\n"));

        Assert.Single((await _folder.LoadAsync()).Components);
    }

    [Theory]
    [InlineData("state.sqlit", "near matches: state.sqlite")]
    [InlineData("pubsub.rabbitmq", "near matches: pubsub.in-memory")]
    [InlineData("nonsense", "near matches: pubsub.in-memory, secretstores.local.env, secretstores.local.file, state.in-memory, state.sqlite")]
    public async Task An_unknown_type_names_its_place_and_what_may_be_meant(string type, string expected)
    {
        _folder.With("a.yaml", Component("store", type));

        var error = await _folder.FailAsync();

        Assert.Equal($"{_folder.FileOf("a.yaml")}:6: spec.type: component type '{type}' is not known here; {expected}", error.Message);
    }

    [Fact]
    public async Task An_unknown_type_passes_when_its_errors_are_to_be_ignored()
    {
        _folder.With("a.yaml", Component("store", "state.other", "  ignoreErrors: true\n"));

        Assert.True((await _folder.LoadAsync()).Components.Single().IgnoreErrors);
    }

    [Theory]
    [InlineData("10s", 10)]
    [InlineData("1m30s", 90)]
    [InlineData("soon", 5)]
    [InlineData("", 5)]
    public async Task The_init_timeout_falls_back_to_five_seconds(string text, int seconds)
    {
        _folder.With("a.yaml", Component("store", rest: $"  initTimeout: \"{text}\"\n"));

        Assert.Equal(TimeSpan.FromSeconds(seconds), (await _folder.LoadAsync()).Components.Single().InitTimeout);
    }

    [Theory]
    [InlineData("kind: Component\nmetadata: {name: a}\nspec: {version: v1}", 3, "spec.type", "is missing")]
    [InlineData("kind: Component\nmetadata: {namespace: a}\nspec: {type: state.in-memory}", 2, "metadata.name", "is missing")]
    [InlineData("kind: Component\nmetadata: {name: a}", 1, "spec", "is missing")]
    [InlineData("kind: Component\nmetadata: {name: a}\nspec:\n  type: state.in-memory\n  metadata:\n    key: value", 6, "spec.metadata", "must be a list")]
    [InlineData("kind: Component\nmetadata: {name: a}\nspec:\n  type: state.in-memory\n  metadata:\n  - value: v", 6, "spec.metadata[0].name", "is missing")]
    [InlineData("kind: Component\nmetadata: {name: a}\nspec:\n  type: state.in-memory\n  ignoreErrors: maybe", 5, "spec.ignoreErrors", "true or false")]
    [InlineData("kind: Component\nkind: Component", 2, "kind", "given twice")]
    [InlineData("kind: Component\nmetadata: *nothing", 2, "metadata", "not defined")]
    [InlineData("kind: Component\n  name: [", 2, "", "no valid YAML")]
    public async Task A_wrong_file_is_refused_with_file_line_and_key(string yaml, int line, string key, string problem)
    {
        _folder.With("a.yaml", yaml);

        var error = await _folder.FailAsync();

        Assert.Equal(new SourceLocation(_folder.FileOf("a.yaml"), line), error.Location);
        Assert.Equal(key, error.Key);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_kinds_are_ignored_and_misspelt_keys_are_told()
    {
        _folder.With("a.yaml", "kind: MCPServer\nmetadata: {name: x}\n---\n" + Component("store", rest: "  ignoreError: true\n"));

        var resources = await _folder.LoadAsync();

        Assert.Single(resources.Components);
        Assert.Equal(
            $"{_folder.FileOf("a.yaml")}:11: spec.ignoreError is no key of a Component; did you mean 'ignoreErrors'?", Assert.Single(resources.Warnings));
    }

    [Fact]
    public async Task A_missing_folder_is_named()
    {
        var error = await _folder.FailAsync(request => request with { ResourcesPaths = [_folder.FileOf("nowhere")] });

        Assert.Contains("nowhere: the resources folder does not exist", error.Message, StringComparison.Ordinal);
    }
}
