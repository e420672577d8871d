namespace Simulation.Faults;

/// <summary>What goes wrong at one step.</summary>
internal enum Fault
{
    None,

    /// <summary>The replica is gone before the step.</summary>
    CrashBefore,

    /// <summary>The step is done, and the replica is gone before it hears of it.</summary>
    CrashAfter,

    /// <summary>The step fails.</summary>
    Refused,

    /// <summary>The step is done, and its answer says that it failed.</summary>
    AnswerLost,

    /// <summary>The step takes so long that deadlines pass.</summary>
    Late,

    /// <summary>It happens a second time, later.</summary>
    Again,

    /// <summary>It happens a second time, at the same time.</summary>
    SideBySide,
}

/// <summary>What chance has for one step.</summary>
/// <param name="Before">How long until it is done.</param>
/// <param name="After">How long until its answer arrives.</param>
/// <param name="Fault">What goes wrong.</param>
/// <param name="Draw">For whatever else has to be decided here.</param>
internal readonly record struct Moment(TimeSpan Before, TimeSpan After, Fault Fault, ulong Draw);

/// <summary>A fault that struck: the place stays the same when other faults are left out, so that a story can be made shorter.</summary>
internal sealed record Struck(ulong Place, string What);

/// <summary>
/// The dice of a history. A draw depends on the seed and on the place it is made for (who does what about which order, and for the how-manieth time), not on the draws before it: leaving one
/// fault out leaves the others where they are.
/// </summary>
internal sealed class Chance(ulong seed, Weather weather)
{
    private readonly Dictionary<ulong, int> _visits = [];

    /// <summary>The faults that struck, in order.</summary>
    public List<Struck> Struck { get; } = [];

    /// <summary>From now on nothing goes wrong any more.</summary>
    public bool IsCalm { get; set; }

    public Moment At(string who, string what, string about, params ReadOnlySpan<Fault> possible)
    {
        var place = Hash(Hash(Hash(14695981039346656037, who), what), about);
        var visit = _visits[place] = _visits.GetValueOrDefault(place) + 1;
        place = Mix(place + (ulong)visit);
        var draw = Mix(place ^ seed);
        var fault = Fault.None;
        if (!IsCalm && possible.Length > 0 && Struck.Count < weather.MostFaults && Share(draw) < weather.FaultRate && !weather.LeftOut.Contains(place))
        {
            fault = possible[(int)(Mix(draw + 1) % (ulong)possible.Length)];
            Struck.Add(new Struck(place, $"{fault}: {who} {what} {about}"));
        }

        var before = weather.IsSteady ? TimeSpan.FromMilliseconds(2) : TimeSpan.FromMilliseconds(1 + (80 * Math.Pow(Share(Mix(draw + 2)), 4)));
        if (fault == Fault.Late)
        {
            before += TimeSpan.FromSeconds(1 + (90 * Share(Mix(draw + 3))));
        }

        var after = weather.IsSteady ? TimeSpan.FromMilliseconds(1) : TimeSpan.FromMilliseconds(10 * Math.Pow(Share(Mix(draw + 4)), 3));
        return new Moment(before, after, fault, Mix(draw + 5));
    }

    public static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    private static double Share(ulong draw) => (draw >> 11) * (1.0 / (1UL << 53));

    private static ulong Hash(ulong hash, string text)
    {
        foreach (var letter in text)
        {
            hash = (hash ^ letter) * 1099511628211;
        }

        return (hash ^ '/') * 1099511628211;
    }
}

/// <summary>How rough a history is.</summary>
/// <param name="FaultRate">Share of the steps at which something goes wrong.</param>
/// <param name="MostFaults">How many faults at most, so that the world comes to rest.</param>
/// <param name="IsSteady">Every step takes the same time.</param>
/// <param name="LeftOut">Places of faults that do not strike after all.</param>
internal sealed record Weather(double FaultRate, int MostFaults, bool IsSteady, IReadOnlySet<ulong> LeftOut);
