using System.Text.Json.Serialization;

namespace Dapr.Actors.Runtime;

/// <summary>A timer as it travels: to the sidecar when it is registered, back to the actor when it is due.</summary>
[Obsolete("This class is an implementation detail of the framework and will be made internal in a future release.")]
[JsonConverter(typeof(TimerInfoConverter))]
public class TimerInfo
{
    internal TimerInfo(string callback, byte[] data, TimeSpan dueTime, TimeSpan period, TimeSpan? ttl)
    {
        Callback = callback;
        Data = data;
        DueTime = dueTime;
        Period = period;
        Ttl = ttl;
    }

    internal string Callback { get; }

    internal byte[] Data { get; }

    internal TimeSpan DueTime { get; }

    internal TimeSpan Period { get; }

    internal TimeSpan? Ttl { get; }
}
