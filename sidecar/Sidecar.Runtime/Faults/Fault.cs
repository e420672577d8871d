using System.Text.Json.Serialization;

namespace Sidecar.Runtime.Faults;

/// <summary>What strikes at a fault point.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FaultKind>))]
public enum FaultKind
{
    /// <summary>The app whose sidecar is passed is killed (SIGKILL). Before its work the work does not happen; after it the answer goes nowhere.</summary>
    KillApp,

    /// <summary>The app that is called is killed: only where one app calls another.</summary>
    KillCallee,

    /// <summary>The host with every sidecar is killed, and its apps with it.</summary>
    KillHost,

    /// <summary>The work is done; whoever waits for the answer gets an error.</summary>
    LoseAnswer,

    /// <summary>What is delivered is delivered a second time right after the first.</summary>
    Twice,

    /// <summary>What is delivered is acknowledged at once and delivered after <see cref="Fault.Milliseconds"/>: late, and behind what came after it.</summary>
    Late,

    /// <summary>The work waits for <see cref="Fault.Milliseconds"/>.</summary>
    Delay,

    /// <summary>The work is refused <see cref="Fault.Times"/> times, then it works.</summary>
    Fail,

    /// <summary>As <see cref="Fail"/>, with the error of a store whose disk is full.</summary>
    DiskFull,

    /// <summary>As <see cref="Fail"/>, with the error of a version that somebody else has changed.</summary>
    Conflict,
}

/// <summary>A fault that waits for its moment.</summary>
/// <param name="Point">Name of the point with its side: <c>ordering/state.transaction/before</c>.</param>
/// <param name="Key">What the passage must concern: a text found in its keys, instance id, path or payload.</param>
/// <param name="Kind">What strikes.</param>
public sealed record Fault(string Point, string Key, FaultKind Kind)
{
    /// <summary>Chosen by whoever arms it; reports name it.</summary>
    public string Id { get; init; } = "";

    /// <summary>Strikes at this passage of the key, counted from 1, and at later ones while <see cref="Times"/> lasts.</summary>
    public int Passage { get; init; } = 1;

    /// <summary>Passages it strikes.</summary>
    public int Times { get; init; } = 1;

    /// <summary>How long a delay or a lateness takes, in milliseconds.</summary>
    public int Milliseconds { get; init; }

    /// <summary>Kills of one group wait at their points until the group is struck, so that one kill serves many keys; null strikes at once.</summary>
    public string? Group { get; init; }
}

/// <summary>Where an armed fault stands.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Struck">Passages it has struck, those that wait for their group included.</param>
/// <param name="Held">A passage waits for its group now.</param>
public sealed record FaultStanding(string Id, int Struck, bool Held);

/// <summary>What is known of one key.</summary>
/// <param name="Key">The key.</param>
/// <param name="Passages">Points passed so far, in order; null unless asked for.</param>
/// <param name="Count">How many they are.</param>
/// <param name="QuietMilliseconds">Time since the last of them.</param>
public sealed record KeyStanding(string Key, IReadOnlyList<string>? Passages, int Count, double QuietMilliseconds);

/// <summary>Everything at once.</summary>
/// <param name="Keys">Watched keys.</param>
/// <param name="Faults">Armed faults.</param>
public sealed record FaultStandings(IReadOnlyList<KeyStanding> Keys, IReadOnlyList<FaultStanding> Faults);

/// <summary>What a fault point throws.</summary>
public sealed class FaultException(string message) : Exception(message);
