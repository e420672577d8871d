using System.Net;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Runtime.V1;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.Resources;
using Sidecar.Tests.Hosting;

namespace Sidecar.Tests.Secrets;

public sealed class SecretsApiTests
{
    private static readonly Component s_vault = new()
    {
        Name = "vault",
        Type = "secretstores.dictionary",
        Metadata = new Dictionary<string, string> { ["password"] = "hush", ["token"] = "t" },
    };

    [Fact]
    public async Task Secrets_are_read_one_by_one_and_all_together_over_both_APIs()
    {
        await using var fixture = await StartAsync();
        using var channel = new GrpcChannel(new Uri($"http://127.0.0.1:{fixture.Sidecar.GrpcPort}"));

        Assert.Equal("""{"password":"hush"}""", await fixture.Client.GetStringAsync("/v1.0/secrets/vault/password"));
        Assert.Equal("""{"password":{"password":"hush"},"token":{"token":"t"}}""", await fixture.Client.GetStringAsync("/v1.0/secrets/vault/bulk"));
        var one = await channel.UnaryAsync(DaprMethods.GetSecret, new GetSecretRequest { StoreName = "vault", Key = "token" });
        var all = await channel.UnaryAsync(DaprMethods.GetBulkSecret, new GetBulkSecretRequest { StoreName = "vault" });
        Assert.Equal("t", one.Data["token"]);
        Assert.Equal("hush", all.Data["password"].Secrets["password"]);
    }

    [Theory]
    [InlineData(true, "", "password", 403)]
    [InlineData(true, "", "", 200)]
    [InlineData(false, "", "", 403)]
    [InlineData(false, "password", "", 200)]
    [InlineData(true, "token", "", 403)]
    [InlineData(true, "password", "password", 403)]
    public async Task Scopes_deny_first_then_allow_then_take_the_default(bool defaultAllow, string allowed, string denied, int status)
    {
        await using var fixture = await StartAsync(new SecretScope("vault", defaultAllow, Split(allowed), Split(denied)));

        var answer = await fixture.Client.GetAsync("/v1.0/secrets/vault/password");
        var bulk = await fixture.Client.GetStringAsync("/v1.0/secrets/vault/bulk");

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(status == 200, bulk.Contains("hush", StringComparison.Ordinal));
        if (status == 403)
            Assert.Equal("""{"errorCode":"ERR_PERMISSION_DENIED","message":"access denied by policy to get \"password\" from \"vault\""}""", await answer.Content.ReadAsStringAsync());

        static string[] Split(string names) => names.Length == 0 ? [] : names.Split(',');
    }

    [Fact]
    public async Task Missing_stores_and_secrets_get_Daprs_errors()
    {
        await using var fixture = await StartAsync();
        await using var bare = await SidecarFixture.StartAsync(new SidecarOptions { AppId = "bare" }, new SidecarResources());

        var store = await fixture.Client.GetAsync("/v1.0/secrets/nowhere/password");
        var secret = await fixture.Client.GetAsync("/v1.0/secrets/vault/none");
        var none = await bare.Client.GetAsync("/v1.0/secrets/vault/password");

        Assert.Equal(HttpStatusCode.Unauthorized, store.StatusCode);
        Assert.Equal("""{"errorCode":"ERR_SECRET_STORE_NOT_FOUND","message":"failed finding secret store with key nowhere"}""", await store.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.InternalServerError, secret.StatusCode);
        Assert.Contains("ERR_SECRET_GET", await secret.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.InternalServerError, none.StatusCode);
        Assert.Equal("""{"errorCode":"ERR_SECRET_STORES_NOT_CONFIGURED","message":"secret store is not configured"}""", await none.Content.ReadAsStringAsync());
    }

    private static Task<SidecarFixture> StartAsync(params SecretScope[] scopes) => SidecarFixture.StartAsync(
        new SidecarOptions { AppId = "orders" },
        new SidecarResources { Components = [s_vault], Configuration = new ConfigurationSpec { SecretScopes = scopes } });
}
