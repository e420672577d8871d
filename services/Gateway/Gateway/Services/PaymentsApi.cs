using Payments.Contracts;
using ServiceDefaults;
using ServiceDefaults.Calls;

namespace Gateway.Services;

/// <summary>Payments's API.</summary>
public sealed class PaymentsApi
{
    private readonly Invocation _payments = Invocation.For("payments");

    public Task<IReadOnlyList<MoneyView>> ViewAsync(IReadOnlyList<string> orderIds, CancellationToken cancellationToken) =>
        _payments.SendAsync<IReadOnlyList<MoneyView>>(HttpMethod.Post, "payments/views", orderIds, cancellationToken);

    public Task<IReadOnlyList<Measurement>> MeasureAsync(IReadOnlyList<string> orderIds, CancellationToken cancellationToken) => _payments.MeasureAsync(orderIds, cancellationToken);
}
