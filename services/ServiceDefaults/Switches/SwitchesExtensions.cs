using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ServiceDefaults.Switches;

/// <summary>How a switch stands.</summary>
public sealed record SwitchView(string Key, string Value, string Meaning);

/// <summary>What a service with feature switches asks for.</summary>
public static class SwitchesExtensions
{
    /// <summary>Follows these switches.</summary>
    public static void AddFeatureSwitches(this IServiceCollection services, params FeatureSwitch[] switches)
    {
        foreach (var one in switches)
        {
            services.AddSingleton(one);
        }

        services.AddHostedService<SwitchFollower>();
    }

    /// <summary>Shows how they stand, under <c>/switches</c>.</summary>
    public static void MapFeatureSwitches(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/switches", (IEnumerable<FeatureSwitch> switches) => switches.Select(one => new SwitchView(one.Key, one.Text, one.Meaning)))
            .WithTags("Operations").WithSummary("How the feature switches stand");
}
