using System.Security.Cryptography;
using System.Text;

namespace Dapr.Workflow.Worker.Execution;

/// <summary>Ids that come out the same in every replay: UUID version 5 (RFC 9562), which hashes a name.</summary>
internal static class DeterministicGuid
{
    private static readonly Guid Namespace = new("9e952958-5e33-4daf-827f-2fa12937b875");

    public static Guid Create(string name)
    {
        var text = Encoding.UTF8.GetByteCount(name);
        var data = new byte[16 + text];
        Namespace.TryWriteBytes(data, bigEndian: true, out _);
        Encoding.UTF8.GetBytes(name, data.AsSpan(16));
#pragma warning disable CA5350 // version 5 is defined by SHA-1; nothing secret rests on it
        var hash = SHA1.HashData(data);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash.AsSpan(0, 16), bigEndian: true);
    }
}
