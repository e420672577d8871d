using Dapr.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using ServiceDefaults.Outbox;
using ServiceDefaults.State;

namespace ServiceDefaults;

/// <summary>What every service switches on.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>Where the sidecar probes.</summary>
    internal const string HealthPath = "/healthz";

    /// <summary>Listening address, health, telemetry, problem details, OpenAPI, the Dapr client and the unit of work.</summary>
    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder, string appId)
    {
        // Dapr's CLI and its injector give APP_PORT. Loopback only: the sidecar is the door.
        if (builder.Configuration["APP_PORT"] is { Length: > 0 } port)
        {
            builder.WebHost.UseUrls($"http://{builder.Configuration["APP_LISTEN_ADDRESS"] ?? "127.0.0.1"}:{port}");
        }

        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("System", LogLevel.Warning);
        builder.AddTelemetry(appId);

        var services = builder.Services;
        services.AddSingleton(new ServiceIdentity(appId));
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(Random.Shared);
        services.AddHealthChecks();
        services.AddProblemDetails();
        services.AddExceptionHandler<Problems>();
        services.AddOpenApi();
        services.ConfigureHttpJsonOptions(json => WireJson.Apply(json.SerializerOptions));
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.AddDaprClient(client => client.UseJsonSerializationOptions(WireJson.Options));
        return builder;
    }

    /// <summary>State with inbox and outbox, and the relay for what a crash leaves behind.</summary>
    public static WebApplicationBuilder AddUnitOfWork(
        this WebApplicationBuilder builder,
        Func<object, (string Id, string Key, bool IsCompensation)> describe,
        params PublishedEvents[] published)
    {
        builder.Services.AddSingleton(new EventDescription(describe, published));
        builder.Services.AddSingleton<OutboxSlots>();
        builder.Services.AddSingleton<OutboxPublisher>();
        builder.Services.AddSingleton<CommitTurns>();
        builder.Services.AddSingleton<UnitOfWork>();
        builder.Services.AddHostedService<OutboxRelay>();
        return builder;
    }

    /// <summary>Health, OpenAPI document, subscriptions and, with a unit of work, the measurements.</summary>
    public static WebApplication MapServiceDefaults(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseAppToken();
        app.UseRequestSpans();
        app.MapHealthChecks(HealthPath).OpenToTheWorld();
        app.MapOpenApi().OpenToTheWorld();
        app.MapSubscribeHandler();
        if (app.Services.GetService<UnitOfWork>() is not null)
        {
            app.MapPost("/measurements", MeasureAsync).WithSummary("What these orders have cost this service");
        }

        return app;
    }

    private static Task<IReadOnlyList<Measurement>> MeasureAsync(IReadOnlyList<string> orderIds, UnitOfWork work, CancellationToken cancellationToken) =>
        work.FindAllAsync<Measurement>([.. orderIds.Select(Measurement.KeyOf)], cancellationToken);
}
