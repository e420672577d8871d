using Sidecar.Components.Redis;

namespace Sidecar.Components.RedisState;

/// <summary>
/// The changes that depend on a stored version. The layout is Dapr's: a hash with <c>data</c>, <c>version</c> (a number that grows) and, once a key was saved
/// with first-write, <c>first-write</c>. One script for all, so that a server which forgot it refuses every change of a transaction and not some of them.
/// </summary>
internal static class RedisStateScript
{
    /// <summary>First word of the refusal when the stored version is another.</summary>
    public const string Mismatch = "ETAGMISMATCH";

    /// <summary>
    /// Arguments: expected version or 0 for any; then, unless the key is to be deleted, the value, 0 to set the first-write mark, and the time to live in milliseconds,
    /// 0 to lift it, empty to leave it. As in Dapr, a key that is missing or no hash takes any version, and a key with the mark is saved only over its own.
    /// </summary>
    public static RedisScript Change { get; } = new(
        """
        local deletes = #ARGV == 1
        local version = redis.pcall('HGET', KEYS[1], 'version')
        if type(version) == 'table' then
          redis.call('DEL', KEYS[1])
          version = ''
        elseif version and version ~= '' and version ~= ARGV[1] then
          if ARGV[1] ~= '0' or (not deletes and redis.call('HEXISTS', KEYS[1], 'first-write') == 1) then
            return redis.error_reply('ETAGMISMATCH the stored version is ' .. version)
          end
        end
        if deletes then return redis.call('DEL', KEYS[1]) end
        redis.call('HSET', KEYS[1], 'data', ARGV[2])
        if ARGV[3] == '0' then redis.call('HSET', KEYS[1], 'first-write', 0) end
        version = redis.call('HINCRBY', KEYS[1], 'version', 1)
        if ARGV[4] == '0' then
          redis.call('PERSIST', KEYS[1])
        elseif ARGV[4] ~= '' then
          redis.call('PEXPIRE', KEYS[1], ARGV[4])
        end
        return version
        """);
}
