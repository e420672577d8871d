using System.Security.Cryptography;
using System.Text;

namespace Sidecar.Components.Redis;

/// <summary>A Lua script, called by its digest so that its text goes over the wire once per connection.</summary>
internal sealed class RedisScript(string text)
{
    /// <summary>The text.</summary>
    public string Text { get; } = text;

    /// <summary>Digest that EVALSHA takes.</summary>
#pragma warning disable CA5350 // Redis names scripts by SHA-1
    public string Digest { get; } = Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5350
}
