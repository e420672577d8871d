using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Catalog;
using Catalog.Contracts;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.Logging;
using ServiceDefaults;
using Services.Tests.Defaults;
using Sidecar.Testing;

namespace Services.Tests.Catalog;

/// <summary>The whole catalogue: put together once for each version, and never an old one.</summary>
public sealed class CatalogueTests : IAsyncLifetime
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);
    private static readonly Product _mug = new("MUG", "a mug", 4.50m);

    private TestSidecar _sidecar = null!;
    private WebApplicationFactory<Products> _service = null!;

    public async Task InitializeAsync()
    {
        _sidecar = await TestSidecar.For("catalog").WithSqliteState("statestore").WithEmbeddedPubSub("pubsub").StartAsync();
        _service = new WebApplicationFactory<Products>().WithWebHostBuilder(host =>
        {
            _sidecar.Configure((name, value) => host.UseSetting(name, value));
            host.ConfigureLogging(logging => logging.ClearProviders());
        });
        _service.UseKestrel(_sidecar.AppPort);
        _service.StartServer();
        await _sidecar.WaitUntilReadyAsync().WaitAsync(_patience);
    }

    public async Task DisposeAsync()
    {
        await _service.DisposeAsync();
        await _sidecar.DisposeAsync();
    }

    [Fact]
    public async Task Who_has_it_already_gets_it_again_only_when_something_has_changed()
    {
        await SaveAsync(_mug, new Product("CUP", "a cup", 3m));
        using var first = await GetAsync(null);
        using var unchanged = await GetAsync(first.Headers.ETag);
        await SaveAsync(_mug with { UnitPrice = 5m });
        using var changed = await GetAsync(first.Headers.ETag);

        Assert.Equal(["CUP", "MUG"], (await ReadAsync(first)).Select(product => product.Sku).Order());
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        Assert.Empty(await unchanged.Content.ReadAsByteArrayAsync());
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.Equal(5m, (await ReadAsync(changed)).Single(product => product.Sku == "MUG").UnitPrice);
    }

    [Fact]
    public async Task What_another_replica_saves_is_seen_at_once()
    {
        await SaveAsync(_mug);
        using var before = await GetAsync(null);
        await using var other = new Replica(_sidecar);
        using var elsewhere = new Products(other.Work);
        await elsewhere.SaveAsync([_mug with { Description = "a better mug" }], default);

        using var after = await GetAsync(null);

        Assert.Equal("a better mug", Assert.Single(await ReadAsync(after)).Description);
    }

    private static async Task<IReadOnlyList<Product>> ReadAsync(HttpResponseMessage answer) => (await answer.Content.ReadFromJsonAsync<IReadOnlyList<Product>>(WireJson.Options))!;

    private async Task SaveAsync(params Product[] products)
    {
        using var saved = await _sidecar.Http.PutAsJsonAsync("v1.0/invoke/catalog/method/products", products, WireJson.Options);
        Assert.Equal(HttpStatusCode.NoContent, saved.StatusCode);
    }

    private async Task<HttpResponseMessage> GetAsync(EntityTagHeaderValue? known)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "v1.0/invoke/catalog/method/products");
        if (known is not null)
        {
            request.Headers.IfNoneMatch.Add(known);
        }

        return await _sidecar.Http.SendAsync(request);
    }
}
