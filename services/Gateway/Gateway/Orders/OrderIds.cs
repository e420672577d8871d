using System.Security.Cryptography;
using System.Text;

namespace Gateway.Orders;

/// <summary>Ids of orders and returns. The same idempotency key gives the same id, so a repeat finds what the first request made.</summary>
public static class OrderIds
{
    public const string IdempotencyKeyHeader = "Idempotency-Key";

    public static string ForOrder(string? idempotencyKey) => $"ord-{From(idempotencyKey)}";

    public static string ForReturn(string? idempotencyKey) => $"ret-{From(idempotencyKey)}";

    private static string From(string? idempotencyKey) => idempotencyKey is null
        ? Guid.CreateVersion7().ToString("N")
        : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(idempotencyKey)))[..32];
}
