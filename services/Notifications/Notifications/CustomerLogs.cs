using Notifications.Contracts;
using ServiceDefaults.State;

namespace Notifications;

/// <summary>What customers were told. A real platform would send mail here; the log is what a test or a demo can read.</summary>
public sealed class CustomerLogs(UnitOfWork work)
{
    public Task TellAsync(string orderId, string text, Origin origin, CancellationToken cancellationToken) => work.RunAsync(
        new Work(orderId, origin, KeyOf(orderId)),
        changes =>
        {
            var log = changes.Get<OrderLog>(KeyOf(orderId)) ?? new OrderLog(orderId, []);
            if (log.Entries.All(entry => entry.Text != text))
            {
                changes.Put(KeyOf(orderId), log with { Entries = [.. log.Entries, new LogEntry(changes.Now, text)] });
            }

            return true;
        },
        cancellationToken);

    public Task<OrderLog?> FindAsync(string orderId, CancellationToken cancellationToken) => work.FindAsync<OrderLog>(KeyOf(orderId), cancellationToken);

    private static string KeyOf(string orderId) => $"log-{orderId}";
}
