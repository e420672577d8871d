using Catalog.Contracts;
using Dapr.Client;
using ServiceDefaults;
using ServiceDefaults.Calls;

namespace Gateway.Services;

/// <summary>Catalog's API.</summary>
public sealed class CatalogApi(DaprClient dapr)
{
    private readonly Invocation _catalog = Invocation.For(dapr, "catalog");

    public Task<ForwardedAnswer> AllAsync(string? ifNoneMatch, CancellationToken cancellationToken) => _catalog.ForwardAsync(HttpMethod.Get, "products", null, ifNoneMatch, cancellationToken);

    public Task SaveAsync(IReadOnlyList<Product> products, CancellationToken cancellationToken) => _catalog.PutAsync("products", products, cancellationToken);

    public Task<IReadOnlyList<string>> KnownAsync(IReadOnlyList<string> skus, CancellationToken cancellationToken) =>
        _catalog.SendAsync<IReadOnlyList<string>>(HttpMethod.Post, "products/known", skus, cancellationToken);

    public Task<IReadOnlyList<Measurement>> MeasureAsync(IReadOnlyList<string> orderIds, CancellationToken cancellationToken) => _catalog.MeasureAsync(orderIds, cancellationToken);
}
