namespace Sidecar.Tests.Resources;

public sealed class SecretReferenceTests : IDisposable
{
    private readonly ResourceFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private const string Vault = "---\nkind: Component\nmetadata: {name: vault}\nspec: {type: secretstores.local.file}\n";

    private static string Store(string entry, string auth = "auth: {secretStore: vault}") =>
        $"kind: Component\nmetadata: {{name: store}}\nspec:\n  type: state.in-memory\n  metadata:\n  - name: password\n    {entry}\n{auth}\n";

    [Fact]
    public async Task Secret_stores_open_first_and_give_their_secrets()
    {
        _folder.Secrets["vault"] = new() { ["redis"] = new() { ["password"] = "s3cret" } };
        _folder.With("a.yaml", Store("secretKeyRef: {name: redis, key: password}") + Vault);

        var resources = await _folder.LoadAsync();

        Assert.Equal(["vault", "store"], resources.Components.Select(component => component.Name));
        Assert.Equal("s3cret", resources.Components[1].Metadata["password"]);
    }

    [Fact]
    public async Task The_key_of_a_secret_is_its_name_unless_given()
    {
        _folder.Secrets["vault"] = new() { ["redis"] = new() { ["redis"] = "s3cret" } };
        _folder.With("a.yaml", Store("secretKeyRef: {name: redis}") + Vault);

        Assert.Equal("s3cret", (await _folder.LoadAsync()).Components[1].Metadata["password"]);
    }

    [Fact]
    public async Task A_store_that_needs_another_opens_after_it()
    {
        _folder.Secrets["base"] = new() { ["token"] = new() { ["token"] = "t" } };
        _folder.With("a.yaml",
            "kind: Component\nmetadata: {name: vault}\nspec:\n  type: secretstores.local.file\n  metadata:\n  - name: token\n    secretKeyRef: {name: token}\nauth: {secretStore: base}\n"
            + "---\nkind: Component\nmetadata: {name: base}\nspec: {type: secretstores.local.env}\n");

        var resources = await _folder.LoadAsync();

        Assert.Equal(["base", "vault"], _folder.Initialised);
        Assert.Equal("t", resources.Components[1].Metadata["token"]);
    }

    [Fact]
    public async Task Stores_that_wait_for_each_other_are_refused()
    {
        string Needing(string name, string other) =>
            $"---\nkind: Component\nmetadata: {{name: {name}}}\nspec:\n  type: secretstores.local.file\n  metadata:\n  - name: t\n    secretKeyRef: {{name: t}}\nauth: {{secretStore: {other}}}\n";
        _folder.With("a.yaml", Needing("one", "two") + Needing("two", "one"));

        Assert.Contains("wait for each other: one -> two -> one", (await _folder.FailAsync()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("secretKeyRef: {name: rediss}", "auth: {secretStore: vault}", "secret 'rediss' is not in secret store 'vault'")]
    [InlineData("secretKeyRef: {name: redis, key: passwort}", "auth: {secretStore: vault}", "has no key 'passwort'; did you mean 'password'?")]
    [InlineData("secretKeyRef: {name: redis}", "auth: {secretStore: valt}", "secret store 'valt' is not loaded for app 'orders'; did you mean 'vault'?")]
    [InlineData("secretKeyRef: {name: redis}", "", "names no store: add 'auth.secretStore'")]
    [InlineData("secretKeyRef: {key: password}", "auth: {secretStore: vault}", "spec.metadata[0].secretKeyRef.name: is missing")]
    [InlineData("envRef: NOT_SET", "", "the environment variable 'NOT_SET' is not set")]
    [InlineData("envRef: DAPR_API_TOKEN", "", "must not be read by envRef")]
    [InlineData("envRef: APP_API_TOKEN", "", "must not be read by envRef")]
    [InlineData("value: '{podName}'", "", "POD_NAME is not set")]
    public async Task A_reference_to_nothing_is_refused_at_its_line(string entry, string auth, string problem)
    {
        _folder.Secrets["vault"] = new() { ["redis"] = new() { ["password"] = "s3cret" } };
        _folder.Environment["DAPR_API_TOKEN"] = _folder.Environment["APP_API_TOKEN"] = "token";
        _folder.With("a.yaml", Store(entry, auth) + Vault);

        var error = await _folder.FailAsync();

        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.Equal(7, error.Location.Line);
    }

    [Fact]
    public async Task An_environment_reference_gives_its_value()
    {
        _folder.Environment["REDIS_PASSWORD"] = "from-env";
        _folder.With("a.yaml", Store("envRef: REDIS_PASSWORD"));

        Assert.Equal("from-env", (await _folder.LoadAsync()).Components.Single().Metadata["password"]);
    }
}
