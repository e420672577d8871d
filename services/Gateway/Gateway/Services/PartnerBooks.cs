using Dapr.Client;
using ServiceDefaults.Calls;

namespace Gateway.Services;

/// <summary>The books of the payment provider and of the carrier.</summary>
public sealed class PartnerBooks(DaprClient dapr)
{
    private readonly Invocation _provider = Invocation.For(dapr, "payment-provider");
    private readonly Invocation _carrier = Invocation.For(dapr, "carrier");

    public Task<IReadOnlyList<ProviderBook>> ProviderAsync(IReadOnlyList<string> orderIds, CancellationToken cancellationToken) =>
        _provider.SendAsync<IReadOnlyList<ProviderBook>>(HttpMethod.Post, "books/query", orderIds, cancellationToken);

    public Task<IReadOnlyList<CarrierBook>> CarrierAsync(IReadOnlyList<string> orderIds, CancellationToken cancellationToken) =>
        _carrier.SendAsync<IReadOnlyList<CarrierBook>>(HttpMethod.Post, "books/query", orderIds, cancellationToken);
}

/// <summary>What the provider's books say of one order.</summary>
public sealed record ProviderBook(string Reference, decimal Held, decimal Captured, decimal Refunded);

/// <summary>What the carrier's books say of one order.</summary>
public sealed record CarrierBook(string Reference, bool Booked);
