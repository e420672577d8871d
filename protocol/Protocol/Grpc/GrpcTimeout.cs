using System.Globalization;

namespace Dapr.Protocol.Grpc;

/// <summary>The <c>grpc-timeout</c> header: up to eight digits and a unit (H, M, S, m, u, n).</summary>
internal static class GrpcTimeout
{
    public const string HeaderName = "grpc-timeout";
    private const long MaxValue = 99_999_999;

    public static string Format(TimeSpan timeout)
    {
        if (timeout <= TimeSpan.Zero)
            return "1n";
        var microseconds = timeout.Ticks / TimeSpan.TicksPerMicrosecond;
        if (microseconds <= MaxValue)
            return string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, microseconds)}u");
        var milliseconds = timeout.Ticks / TimeSpan.TicksPerMillisecond;
        if (milliseconds <= MaxValue)
            return string.Create(CultureInfo.InvariantCulture, $"{milliseconds}m");
        var seconds = timeout.Ticks / TimeSpan.TicksPerSecond;
        return string.Create(CultureInfo.InvariantCulture, $"{Math.Min(seconds, MaxValue)}S");
    }

    public static bool TryParse(string? text, out TimeSpan timeout)
    {
        timeout = default;
        if (text is not { Length: >= 2 and <= 9 }
            || !long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var value))
            return false;
        long? ticks = text[^1] switch
        {
            'H' => value * TimeSpan.TicksPerHour,
            'M' => value * TimeSpan.TicksPerMinute,
            'S' => value * TimeSpan.TicksPerSecond,
            'm' => value * TimeSpan.TicksPerMillisecond,
            'u' => value * TimeSpan.TicksPerMicrosecond,
            'n' => value / TimeSpan.NanosecondsPerTick,
            _ => null,
        };
        timeout = new TimeSpan(ticks ?? 0);
        return ticks is not null;
    }
}
