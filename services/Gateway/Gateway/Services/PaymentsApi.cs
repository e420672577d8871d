using Dapr.Client;
using Payments.Contracts;
using ServiceDefaults;
using ServiceDefaults.Calls;

namespace Gateway.Services;

/// <summary>Payments's API.</summary>
public sealed class PaymentsApi(DaprClient dapr)
{
    private readonly Invocation _payments = Invocation.For(dapr, "payments");

    public Task<IReadOnlyList<MoneyView>> ViewAsync(IReadOnlyList<string> orderIds, CancellationToken cancellationToken) =>
        _payments.SendAsync<IReadOnlyList<MoneyView>>(HttpMethod.Post, "payments/views", orderIds, cancellationToken);

    public Task<IReadOnlyList<Measurement>> MeasureAsync(IReadOnlyList<string> orderIds, CancellationToken cancellationToken) => _payments.MeasureAsync(orderIds, cancellationToken);
}
