using System.Collections.Concurrent;
using Gateway.Services;

namespace Gateway.Orders;

/// <summary>
/// Finds lines whose product nobody sells, so that the customer hears of it at once. Products are never taken away, so a known one stays known. While Catalog is down orders are still taken:
/// pricing rejects the wrong ones then.
/// </summary>
public sealed partial class KnownProducts(CatalogApi catalog, ILogger<KnownProducts> logger)
{
    private readonly ConcurrentDictionary<string, bool> _known = new();

    /// <returns>The products that do not exist.</returns>
    public async Task<IReadOnlySet<string>> UnknownAmongAsync(IEnumerable<string> skus, CancellationToken cancellationToken)
    {
        var asked = skus.Where(sku => !_known.ContainsKey(sku)).ToHashSet();
        if (asked.Count == 0)
        {
            return asked;
        }

        try
        {
            foreach (var sku in await catalog.KnownAsync([.. asked], cancellationToken))
            {
                _known[sku] = true;
                asked.Remove(sku);
            }

            return asked;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            LogSkipped(logger, exception.Message);
            return new HashSet<string>();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The products of an order were not checked, pricing will do it: {Reason}")]
    private static partial void LogSkipped(ILogger logger, string reason);
}
