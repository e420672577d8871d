#nullable enable
using System.Reflection;
using System.Text;

namespace Dapr.Actors.Builder;

/// <summary>
/// The numbers by which remoting knows interfaces and methods: the low 32 bits of a checksum (CRC-64/WE) of their names, put together in the order
/// that the official SDK puts them.
/// </summary>
internal static class ContractId
{
    private const ulong Polynomial = 0x42F0E1EBA9EA3693;

    private static readonly ulong[] Table = [.. Enumerable.Range(0, 256).Select(value => Remainder((ulong)value << 56))];

    public static int Of(Type type) => Of(type.Namespace + type.Name);

    public static int Of(MethodInfo method) => Of(method.DeclaringType!.Name + method.DeclaringType.Namespace + method.Name);

    private static int Of(string name)
    {
        var checksum = ulong.MaxValue;
        foreach (var value in Encoding.UTF8.GetBytes(name))
            checksum = Table[(byte)(checksum >> 56) ^ value] ^ (checksum << 8);

        return unchecked((int)~checksum);
    }

    private static ulong Remainder(ulong value)
    {
        for (var bit = 0; bit < 8; bit++)
            value = (value & 0x8000_0000_0000_0000) == 0 ? value << 1 : (value << 1) ^ Polynomial;

        return value;
    }
}
