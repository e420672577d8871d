using System.Buffers;

namespace Sidecar.Components.Redis;

/// <summary>Commands that go out together, one right behind the other.</summary>
internal sealed class RedisBatch
{
    private readonly ArrayBufferWriter<byte> _encoded = new(512);

    /// <summary>How many commands there are.</summary>
    public int Count { get; private set; }

    /// <summary>The commands as they go over the wire.</summary>
    public ReadOnlyMemory<byte> Encoded => _encoded.WrittenMemory;

    /// <summary>Adds a command.</summary>
    public RedisBatch Add(params ReadOnlySpan<RedisArgument> command)
    {
        RespWriter.Write(_encoded, command);
        Count++;
        return this;
    }
}
