using Dapr.Client;
using ServiceDefaults;
using ServiceDefaults.Calls;
using Shipping.Contracts;

namespace Gateway.Services;

/// <summary>Shipping's API.</summary>
public sealed class ShippingApi(DaprClient dapr)
{
    private readonly Invocation _shipping = Invocation.For(dapr, "shipping");

    public Task<IReadOnlyList<ShipmentView>> ViewAsync(IReadOnlyList<string> orderIds, CancellationToken cancellationToken) =>
        _shipping.SendAsync<IReadOnlyList<ShipmentView>>(HttpMethod.Post, "shipments/views", orderIds, cancellationToken);

    public Task<IReadOnlyList<Measurement>> MeasureAsync(IReadOnlyList<string> orderIds, CancellationToken cancellationToken) => _shipping.MeasureAsync(orderIds, cancellationToken);
}
