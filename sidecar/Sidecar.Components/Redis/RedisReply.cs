using System.Globalization;
using System.Text;

namespace Sidecar.Components.Redis;

/// <summary>What a reply is.</summary>
internal enum RedisReplyKind
{
    Null,
    Status,
    Error,
    Integer,
    Bytes,
    Array,
}

/// <summary>One reply, or one element of a reply that is an array.</summary>
internal readonly struct RedisReply
{
    private readonly object? _value;

    private RedisReply(RedisReplyKind kind, object? value, long number) => (Kind, _value, Number) = (kind, value, number);

    /// <summary>The reply that says there is nothing.</summary>
    public static RedisReply Null => default;

    /// <summary>What it is.</summary>
    public RedisReplyKind Kind { get; }

    /// <summary>The number of an integer reply.</summary>
    public long Number { get; }

    /// <summary>True when there is nothing.</summary>
    public bool IsNull => Kind == RedisReplyKind.Null;

    /// <summary>True when the server refused.</summary>
    public bool IsError => Kind == RedisReplyKind.Error;

    /// <summary>The bytes of a bulk string; empty for anything else.</summary>
    public byte[] Bytes => _value as byte[] ?? [];

    /// <summary>The elements of an array; empty for anything else.</summary>
    public RedisReply[] Items => _value as RedisReply[] ?? [];

    /// <summary>The reply as text.</summary>
    public string Text => Kind switch
    {
        RedisReplyKind.Integer => Number.ToString(CultureInfo.InvariantCulture),
        RedisReplyKind.Bytes => Encoding.UTF8.GetString(Bytes),
        _ => _value as string ?? "",
    };

    public static RedisReply OfStatus(string text) => new(RedisReplyKind.Status, text, 0);

    public static RedisReply OfError(string text) => new(RedisReplyKind.Error, text, 0);

    public static RedisReply OfNumber(long number) => new(RedisReplyKind.Integer, null, number);

    public static RedisReply OfBytes(byte[] bytes) => new(RedisReplyKind.Bytes, bytes, 0);

    public static RedisReply OfItems(RedisReply[] items) => new(RedisReplyKind.Array, items, 0);
}
