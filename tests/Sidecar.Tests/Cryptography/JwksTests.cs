using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Conformance;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Cryptography;
using Sidecar.Testing;

namespace Sidecar.Tests.Cryptography;

/// <summary>Keys of a JSON Web Key Set, wherever it is.</summary>
public sealed class JwksTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly ComponentPlace _place = new();
    private readonly TestClock _clock = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _place.DisposeAsync();

    [Theory]
    [InlineData("json")]
    [InlineData("base64")]
    [InlineData("file")]
    public async Task A_set_is_given_as_it_is_as_Base64_or_as_a_file(string form)
    {
        var set = Set("one");
        await File.WriteAllTextAsync(Path.Combine(_place.Folder, "keys.json"), set);
        await using var provider = await OpenAsync(form switch { "json" => set, "base64" => Convert.ToBase64String(Encoding.UTF8.GetBytes(set)), _ => "keys.json" });

        await AssertWorksAsync(provider, "one");
        var error = await Assert.ThrowsAsync<CryptoOperationException>(() => AssertWorksAsync(provider, "two"));
        Assert.Equal("failed to retrieve the key: key not found", error.Message);
    }

    [Fact]
    public async Task A_set_with_an_address_is_read_again_when_it_is_old_and_the_old_one_goes_on_while_nobody_answers()
    {
        var (set, isUp, asked) = (Set("one"), true, 0);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var server = builder.Build();
        server.MapGet("/keys", () =>
        {
            Interlocked.Increment(ref asked);
            return isUp ? Microsoft.AspNetCore.Http.Results.Text(set) : Microsoft.AspNetCore.Http.Results.StatusCode(503);
        });
        await server.StartAsync();
        await using var provider = await OpenAsync($"{server.Urls.Single()}/keys");

        set = Set("one", "two");
        await Assert.ThrowsAsync<CryptoOperationException>(() => AssertWorksAsync(provider, "two"));
        Assert.Equal(1, asked);
        _clock.Advance(TimeSpan.FromMinutes(10));
        await AssertWorksAsync(provider, "two");

        isUp = false;
        _clock.Advance(TimeSpan.FromMinutes(10));
        await AssertWorksAsync(provider, "two");
        Assert.Equal(3, asked);
    }

    [Theory]
    [InlineData("nowhere.json")]
    [InlineData("{\"keys\":")]
    [InlineData("{}")]
    [InlineData("{\"keys\":[{\"kid\":\"a\",\"kty\":\"OKP\"}]}")]
    [InlineData("http://127.0.0.1:1/keys")]
    public async Task What_is_no_key_set_is_refused_at_the_start(string jwks)
    {
        var error = await Assert.ThrowsAsync<ComponentException>(() => OpenAsync(jwks));

        Assert.Contains("store.yaml:9", error.Message, StringComparison.Ordinal);
        Assert.Contains("is no JSON Web Key Set, nor the address or the file of one", error.Message, StringComparison.Ordinal);
    }

    private static string Set(params string[] ids) => JsonSerializer.Serialize(new
    {
        keys = ids.Select(id => new { kid = id, kty = "oct", k = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(id))).TrimEnd('=').Replace('+', '-').Replace('/', '_') }),
    });

    private static async Task AssertWorksAsync(ICryptoProvider provider, string key)
    {
        var use = new KeyUse(key, "A256GCM", new byte[12]);
        var made = await provider.EncryptAsync(use, "secret"u8.ToArray(), None);
        Assert.Equal("secret"u8.ToArray(), await provider.DecryptAsync(use, made.Ciphertext, made.Tag, None));
    }

    private Task<ICryptoProvider> OpenAsync(string jwks) => _place.MakeAsync<ICryptoProvider>("crypto.dapr.jwks", new() { ["jwks"] = jwks }, _clock);
}
