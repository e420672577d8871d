namespace Sidecar.Components.Redis;

/// <summary>The server cannot be reached, or the connection to it was lost.</summary>
/// <param name="address">Host and port.</param>
/// <param name="problem">What happened.</param>
/// <param name="maybeDone">True when the command was on its way: nobody knows whether it was done.</param>
/// <param name="inner">What the operating system said.</param>
internal sealed class RedisUnavailableException(string address, string problem, bool maybeDone = false, Exception? inner = null)
    : IOException($"redis at {address} {problem}", inner)
{
    /// <summary>True when the command was on its way: nobody knows whether it was done.</summary>
    public bool MaybeDone { get; } = maybeDone;
}

/// <summary>The server refused a command.</summary>
internal sealed class RedisRefusalException : Exception
{
    /// <summary>Makes the error from the server's own words.</summary>
    public RedisRefusalException(string address, string command, string refusal)
        : base($"redis at {address} refused {command}: {refusal}{Remedy(refusal)}")
    {
        Refusal = refusal;
    }

    /// <summary>The server's words; they begin with a code such as <c>OOM</c>.</summary>
    public string Refusal { get; }

    /// <summary>True when the server's words begin with the code.</summary>
    public bool Is(string code) => IsCode(Refusal, code);

    /// <summary>True for a server that will serve in a moment: it loads its data, or waits for its primary.</summary>
    public static bool IsPassing(string refusal) => IsCode(refusal, "LOADING") || IsCode(refusal, "MASTERDOWN") || IsCode(refusal, "BUSY");

    private static bool IsCode(string refusal, string code) =>
        refusal.StartsWith(code, StringComparison.Ordinal) && (refusal.Length == code.Length || refusal[code.Length] == ' ');

    private static string Remedy(string refusal)
    {
        // A script carries the code of what it ran inside its own error.
        if (refusal.Contains("OOM", StringComparison.Ordinal))
            return "; the server is full: raise its maxmemory, or let streams be cut with maxLenApprox or streamTTL";
        if (refusal.Contains("READONLY", StringComparison.Ordinal))
            return "; it is a read-only replica: name the primary in redisHost";
        if (IsCode(refusal, "NOAUTH") || IsCode(refusal, "WRONGPASS"))
            return "; check redisUsername and redisPassword";
        if (IsCode(refusal, "NOPERM"))
            return "; let the user do this with ACL SETUSER";
        return refusal.Contains("MISCONF", StringComparison.Ordinal) ? "; it cannot write to its disk: see its log" : "";
    }
}
