using System.Security.Cryptography;
using System.Text;
using Notifications.Contracts;
using ServiceDefaults.State;

namespace Notifications;

/// <summary>Messages that a service could not accept, kept where an operator can see them.</summary>
public sealed class DeadLetters(UnitOfWork work)
{
    private readonly PagedIndex _index = new("dead-letters", shards: 4);

    /// <summary>Keeps a message; the same message of the same service is kept once.</summary>
    public Task KeepAsync(DeadLetter letter, CancellationToken cancellationToken)
    {
        var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{letter.Service} {letter.MessageId} {letter.Content}")))[..32];
        return work.RunAsync(
            new Work(null, Origin.Step, KeyOf(id), _index.HeadOf(id)),
            changes =>
            {
                if (changes.Get<DeadLetter>(KeyOf(id)) is null)
                {
                    changes.Put(KeyOf(id), letter);
                    _index.Add(changes, id);
                }

                return id;
            },
            cancellationToken);
    }

    public async Task<IReadOnlyList<DeadLetter>> AllAsync(CancellationToken cancellationToken)
    {
        var ids = await _index.ReadAllAsync(work, cancellationToken);
        return [.. (await work.FindAllAsync<DeadLetter>([.. ids.Select(KeyOf)], cancellationToken)).OrderBy(letter => letter.At)];
    }

    private static string KeyOf(string id) => $"dead-letter-{id}";
}
