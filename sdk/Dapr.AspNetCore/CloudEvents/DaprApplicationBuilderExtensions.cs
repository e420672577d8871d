using Dapr;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Adds what takes CloudEvents apart.</summary>
public static class DaprApplicationBuilderExtensions
{
    /// <summary>
    /// Lets handlers see the data of a CloudEvent (<c>application/cloudevents+json</c>) as their request body. Add it before routing.
    /// </summary>
    public static IApplicationBuilder UseCloudEvents(this IApplicationBuilder builder) => UseCloudEvents(builder, new CloudEventsMiddlewareOptions());

    /// <summary>Lets handlers see the data of a CloudEvent as their request body, as the options say.</summary>
    public static IApplicationBuilder UseCloudEvents(this IApplicationBuilder builder, CloudEventsMiddlewareOptions options)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.UseMiddleware<CloudEventsMiddleware>(options);
    }
}
