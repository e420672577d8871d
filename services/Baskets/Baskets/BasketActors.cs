using Dapr;
using Dapr.Actors;
using Dapr.Actors.Client;
using ServiceDefaults;

namespace Baskets;

/// <summary>How long baskets wait for what.</summary>
/// <param name="ForgetAfter">A basket that was left alone for this long is forgotten within as long again; <c>Baskets:ForgetAfter</c>, 30 days.</param>
/// <param name="AskOrderingAgain">How long until Ordering is asked again to take an order; <c>Baskets:AskOrderingAgain</c>, 5 seconds.</param>
public sealed record BasketSettings(TimeSpan ForgetAfter, TimeSpan AskOrderingAgain)
{
    public static BasketSettings From(IConfiguration configuration) => new(
        configuration.GetValue("Baskets:ForgetAfter", TimeSpan.FromDays(30)), configuration.GetValue("Baskets:AskOrderingAgain", TimeSpan.FromSeconds(5)));
}

/// <summary>Finds the basket of a customer.</summary>
public sealed class CustomerBaskets(IActorProxyFactory actors)
{
    public IBasketActor Of(string customerId) => actors.CreateActorProxy<IBasketActor>(new ActorId(customerId), BasketActor.Type);
}

internal static class BasketActors
{
    /// <summary>Hosts baskets and finds them; their messages and their state are JSON as everywhere here.</summary>
    public static WebApplicationBuilder AddBasketActors(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton(provider => BasketSettings.From(provider.GetRequiredService<IConfiguration>()));
        services.AddSingleton<IActorProxyFactory>(provider =>
        {
            var configuration = provider.GetRequiredService<IConfiguration>();
            return new ActorProxyFactory(new ActorProxyOptions
            {
                HttpEndpoint = DaprDefaults.GetDefaultHttpEndpoint(configuration),
                DaprApiToken = DaprDefaults.GetDefaultDaprApiToken(configuration),
                JsonSerializerOptions = WireJson.Options,
                UseJsonSerialization = true,
            });
        });
        services.AddSingleton<CustomerBaskets>();
        services.AddActors(actors =>
        {
            actors.Actors.RegisterActor<BasketActor>();
            actors.JsonSerializerOptions = WireJson.Options;
            actors.UseJsonSerialization = true;

            // A customer who is looking around comes back within minutes; what is not in memory is read again.
            actors.ActorIdleTimeout = TimeSpan.FromMinutes(10);
        });
        return builder;
    }
}
