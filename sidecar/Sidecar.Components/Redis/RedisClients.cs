using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;

namespace Sidecar.Components.Redis;

/// <summary>Gives components their client; components of one host that name the same server with the same settings share one.</summary>
internal static class RedisClients
{
    /// <summary>What is left of <c>initTimeout</c> for the error to be made in.</summary>
    private static readonly TimeSpan s_margin = TimeSpan.FromMilliseconds(300);

    /// <summary>Leases a connected client.</summary>
    /// <exception cref="ComponentException">No server answers there within <c>initTimeout</c>, or it refuses the credentials.</exception>
    public static async Task<Lease<RedisClient>> LeaseAsync(Component component, ComponentContext context, CancellationToken cancellationToken)
    {
        var options = RedisOptions.Read(component);
        CheckCertificate(component, options);
        var lease = await context.Shared.LeaseAsync(
            options.ToString(), () => Task.FromResult(new RedisClient(options, context.Time, context.Loggers.CreateLogger("redis"))));
        try
        {
            var patience = component.InitTimeout - s_margin;
            await lease.Instance.ConnectAsync(patience > s_margin ? patience : component.InitTimeout / 2, cancellationToken);
            return lease;
        }
        catch (Exception error)
        {
            await lease.DisposeAsync();
            throw error switch
            {
                RedisRefusalException refusal when refusal.Refusal.Contains("DB index", StringComparison.Ordinal) =>
                    new ComponentException(component, "redisDB", $"is {options.Database}, which that server does not have: {refusal.Message}", refusal),
                RedisRefusalException refusal when refusal.Is("WRONGPASS") || refusal.Is("NOAUTH") || refusal.Is("ERR") =>
                    new ComponentException(component, options.Password is null ? "redisHost" : "redisPassword", $"is not accepted: {refusal.Message}", refusal),
                RedisRefusalException => new ComponentException(component, "redisHost", $"cannot be used: {error.Message}", error),
                RedisUnavailableException => new ComponentException(
                    component, "redisHost",
                    $"cannot be used: {error.Message} (tried for {component.InitTimeout.TotalSeconds:0.#} s, spec.initTimeout); start the server, or name another", error),
                _ => error,
            };
        }
    }

    private static void CheckCertificate(Component component, RedisOptions options)
    {
        try
        {
            RedisTransport.ReadClientCertificate(options)?.Dispose();
        }
        catch (CryptographicException error)
        {
            throw new ComponentException(component, "clientCert", $"and clientKey are no PEM certificate with its key: {error.Message}", error);
        }
    }
}
