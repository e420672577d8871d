using ServiceDefaults;
using ServiceDefaults.Calls;

namespace Gateway.Services;

/// <summary>The services' APIs as the Gateway sees them: one typed client each, over Dapr's service invocation.</summary>
internal static class ServiceApis
{
    public static void AddServiceApis(this IServiceCollection services)
    {
        services.AddSingleton<BasketsApi>();
        services.AddSingleton<CatalogApi>();
        services.AddSingleton<InventoryApi>();
        services.AddSingleton<OrderingApi>();
        services.AddSingleton<PaymentsApi>();
        services.AddSingleton<ShippingApi>();
        services.AddSingleton<NotificationsApi>();
        services.AddSingleton<LoyaltyApi>();
        services.AddSingleton<PartnerBooks>();
    }

    internal static Task<IReadOnlyList<Measurement>> MeasureAsync(this Invocation service, IReadOnlyList<string> orderIds, CancellationToken cancellationToken) =>
        service.SendAsync<IReadOnlyList<Measurement>>(HttpMethod.Post, "measurements", orderIds, cancellationToken);
}
