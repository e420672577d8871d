namespace Sidecar.Runtime.Hosting;

/// <summary>Finds the sidecars of an app id among those of this host; real Dapr does it over the network.</summary>
internal sealed class NameResolution
{
    private readonly Dictionary<string, Instances> _apps = new(StringComparer.Ordinal);

    /// <summary>Makes the instances known; called once, before any request.</summary>
    public void Register(IEnumerable<SidecarInstance> sidecars)
    {
        foreach (var app in sidecars.GroupBy(s => s.Options.AppId, StringComparer.Ordinal))
            _apps.Add(app.Key, new Instances([.. app]));
    }

    /// <summary>
    /// The next instance of an app in turn, one whose app takes work if there is one; null when the app id is not known.
    /// </summary>
    public SidecarInstance? Next(string appId, string? @namespace, out int instances)
    {
        instances = 0;
        if (!_apps.TryGetValue(appId, out var app))
            return null;

        instances = app.All.Length;
        var turn = instances == 1 ? 0 : Interlocked.Increment(ref app.Turn);
        SidecarInstance? fallback = null;
        for (var i = 0; i < app.All.Length; i++)
        {
            var candidate = app.All[(int)((uint)(turn + i) % (uint)app.All.Length)];
            if (candidate.IsStopping || (@namespace is not null && candidate.Options.Namespace != @namespace))
                continue;
            if (candidate.App.IsHealthy)
                return candidate;
            fallback ??= candidate;
        }

        return fallback;
    }

    private sealed class Instances(SidecarInstance[] all)
    {
        public readonly SidecarInstance[] All = all;
        public int Turn = -1;
    }
}
