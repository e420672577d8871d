using System.Text;

namespace Sidecar.Components.Redis;

/// <summary>One word of a command: text, bytes or a number.</summary>
internal readonly struct RedisArgument
{
    private RedisArgument(string? text, ReadOnlyMemory<byte> bytes, long number) => (Text, Bytes, Number) = (text, bytes, number);

    /// <summary>The text, or null when it is something else.</summary>
    public string? Text { get; }

    /// <summary>The bytes, unless it is text or a number.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The number; <see cref="long.MinValue"/> stands for none.</summary>
    public long Number { get; }

    /// <summary>True when it is a number.</summary>
    public bool IsNumber => Text is null && Number != long.MinValue;

    public static implicit operator RedisArgument(string text) => new(text, default, long.MinValue);

    public static implicit operator RedisArgument(byte[] bytes) => new(null, bytes, long.MinValue);

    public static implicit operator RedisArgument(ReadOnlyMemory<byte> bytes) => new(null, bytes, long.MinValue);

    public static implicit operator RedisArgument(long number) => new(null, default, number);

    /// <inheritdoc/>
    public override string ToString() => Text ?? (IsNumber ? Number.ToString(System.Globalization.CultureInfo.InvariantCulture) : Encoding.UTF8.GetString(Bytes.Span));
}
