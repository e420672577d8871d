using Conformance;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Secrets;

namespace Sidecar.Tests.Components;

public sealed class SecretStoreTests : IAsyncLifetime
{
    private const string Json = """
        { "plain": "p", "number": 12.50, "truth": true, "nothing": null,
          "redis": { "host": "h", "deep": { "key": "k" }, "list": ["a", { "b": "c" }] } }
        """;

    private readonly ComponentPlace _place = new();

    public Task InitializeAsync() => File.WriteAllTextAsync(Path.Combine(_place.Folder, "secrets.json"), Json);

    public async Task DisposeAsync() => await _place.DisposeAsync();

    [Theory]
    [InlineData("plain", "p")]
    [InlineData("number", "12.50")]
    [InlineData("truth", "true")]
    [InlineData("nothing", "")]
    [InlineData("redis:host", "h")]
    [InlineData("redis:deep:key", "k")]
    [InlineData("redis:list:0", "a")]
    [InlineData("redis:list:1:b", "c")]
    public async Task A_file_gives_every_scalar_by_its_path(string name, string value)
    {
        await using var store = await FileStoreAsync([]);
        Assert.Equal(new Dictionary<string, string> { [name] = value }, await Get(store, name));
    }

    [Fact]
    public async Task A_missing_secret_of_a_file_is_nothing()
    {
        await using var store = await FileStoreAsync([]);
        Assert.Null(await Get(store, "redis"));
        Assert.Equal(8, (await store.GetAllAsync(new Dictionary<string, string>(), CancellationToken.None)).Count);
    }

    [Fact]
    public async Task The_separator_can_be_chosen()
    {
        await using var store = await FileStoreAsync(new() { ["nestedSeparator"] = "." });
        Assert.Equal("k", (await Get(store, "redis.deep.key"))!["redis.deep.key"]);
    }

    [Fact]
    public async Task A_multi_valued_file_gives_an_object_as_one_secret()
    {
        await using var store = await FileStoreAsync(new() { ["multiValued"] = "true" });
        Assert.Equal(
            new Dictionary<string, string> { ["host"] = "h", ["deep:key"] = "k", ["list:0"] = "a", ["list:1:b"] = "c" },
            await Get(store, "redis"));
        Assert.Equal(new Dictionary<string, string> { ["plain"] = "p" }, await Get(store, "plain"));
    }

    [Theory]
    [InlineData("absent.json", null, "cannot be read")]
    [InlineData("broken.json", "{\n \"a\": ", "no valid JSON (line 2")]
    [InlineData("list.json", "[]", "not a JSON object")]
    [InlineData("twice.json", """{ "a:b": "1", "a": { "b": "2" } }""", "'a:b' occurs twice")]
    [InlineData("", null, "missing")]
    public async Task A_file_that_cannot_be_used_is_named(string file, string? content, string problem)
    {
        if (content is not null)
            await File.WriteAllTextAsync(Path.Combine(_place.Folder, file), content);
        var error = await Assert.ThrowsAsync<ComponentException>(() => FileStoreAsync(new() { ["secretsFile"] = file }));
        Assert.Contains("store.yaml:9", error.Message, StringComparison.Ordinal);
        Assert.Contains("'secretsFile'", error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Variables_are_given_without_their_prefix_and_a_missing_one_is_empty()
    {
        Environment.SetEnvironmentVariable("SECRETSTORETESTS_A", "1");
        await using var store = await _place.MakeAsync<ISecretStore>("secretstores.local.env", new() { ["prefix"] = "SECRETSTORETESTS_" });
        Assert.Equal(new Dictionary<string, string> { ["A"] = "1" }, await Get(store, "A"));
        Assert.Equal(new Dictionary<string, string> { ["B"] = "" }, await Get(store, "B"));
        var all = await store.GetAllAsync(new Dictionary<string, string>(), CancellationToken.None);
        Assert.Equal("1", Assert.Single(all).Value["A"]);
    }

    [Theory]
    [InlineData("APP_API_TOKEN")]
    [InlineData("DAPR_API_TOKEN")]
    [InlineData("dapr_stores_test")]
    public async Task Tokens_and_variables_of_Dapr_stay_hidden(string variable)
    {
        await using var store = await _place.MakeAsync<ISecretStore>("secretstores.local.env", []);
        if (variable == "dapr_stores_test")
            Environment.SetEnvironmentVariable(variable, "hidden");
        Assert.Equal("", (await Get(store, variable))![variable]);
        var all = await store.GetAllAsync(new Dictionary<string, string>(), CancellationToken.None);
        Assert.NotEmpty(all);
        Assert.DoesNotContain(variable, all.Keys);
    }

    private static async Task<IReadOnlyDictionary<string, string>?> Get(ISecretStore store, string name) =>
        await store.GetAsync(name, new Dictionary<string, string>(), CancellationToken.None);

    private Task<ISecretStore> FileStoreAsync(Dictionary<string, string> metadata)
    {
        metadata.TryAdd("secretsFile", "secrets.json");
        return _place.MakeAsync<ISecretStore>("secretstores.local.file", metadata);
    }
}
