using System.Text;
using Sidecar.Components.Redis;

namespace Sidecar.Components.RedisState;

/// <summary>Finds keys by walking over all of them with SCAN, the only way Redis has: the effort grows with everything in the database.</summary>
internal sealed class RedisKeyspace(RedisClient client)
{
    private const int Step = 1000;

    /// <summary>Keys of states that start with the prefix and come after <paramref name="after"/>, in ordinal order.</summary>
    public async Task<List<string>> FindAsync(string prefix, string? after, CancellationToken cancellationToken)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var pattern = Escape(prefix) + "*";
        RedisArgument cursor = 0;
        do
        {
            var page = await client.CallAsync(["SCAN", cursor, "MATCH", pattern, "COUNT", Step, "TYPE", "hash"], cancellationToken);
            cursor = page.Items[0].Bytes;
            foreach (var key in page.Items[1].Items)
            {
                var text = key.Text;
                if (after is null || string.CompareOrdinal(text, after) > 0)
                    found.Add(text);
            }
        }
        while (!cursor.Bytes.Span.SequenceEqual("0"u8));
        var keys = found.ToList();
        keys.Sort(StringComparer.Ordinal);
        return keys;
    }

    private static string Escape(string prefix)
    {
        var pattern = new StringBuilder(prefix.Length + 8);
        foreach (var c in prefix)
        {
            if (c is '*' or '?' or '[' or ']' or '^' or '\\')
                pattern.Append('\\');
            pattern.Append(c);
        }

        return pattern.ToString();
    }
}
