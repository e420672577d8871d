using System.Net.Http.Json;
using System.Text.Json;
using Platform;
using Sidecar.Runtime.Faults;

namespace Crash;

/// <summary>A running platform with fault points, the shop on it, and what is known of every order on it. It survives the death of its host: then there is a new platform on the same data.</summary>
internal sealed class Stage : IAsyncDisposable
{
    private static readonly TimeSpan s_lookEvery = TimeSpan.FromMilliseconds(150);
    private static readonly PlatformSettings s_settings = new() { Arguments = ["--faults"] };

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(15) };
    private readonly List<Shop> _shops = [];
    private readonly CancellationTokenSource _ending = new();
    private volatile RunningPlatform _platform;
    private volatile IReadOnlyDictionary<string, KeyStanding> _keys = new Dictionary<string, KeyStanding>();
    private Task _looking = Task.CompletedTask;
    private volatile bool _keepsLogs;

    private Stage(RunningPlatform platform)
    {
        _platform = platform;
        _shops.Add(new Shop(platform));
    }

    /// <summary>The shop as it is now.</summary>
    public Shop Shop => _shops[^1];

    public static async Task<Stage> OpenAsync()
    {
        var stage = new Stage(await RunningPlatform.StartAsync(replicas: 1, settings: s_settings));
        stage._looking = stage.LookAsync();
        return stage;
    }

    /// <summary>What is known of an order's passages; null when nothing is.</summary>
    public KeyStanding? StandingOf(string orderId) => _keys.GetValueOrDefault(orderId);

    public Task ArmAsync(IEnumerable<string> keys, IEnumerable<Fault> faults) => PostAsync("/faults", new FaultOrder([.. keys], [.. faults]));

    public Task ClearAsync() => DoAsync(HttpMethod.Delete, "/faults", null);

    /// <summary>Kills the apps that a group's passages wait to kill; answers the faults that struck.</summary>
    public async Task<IReadOnlyList<string>> StrikeAsync(string group)
    {
        using var answer = await _http.PostAsync(Control($"/groups/{group}/strike"), null);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<List<string>>())!;
    }

    /// <summary>Where the faults stand now.</summary>
    public async Task<IReadOnlyList<FaultStanding>> FaultsAsync() => (await _http.GetFromJsonAsync<FaultStandings>(Control("/faults"), JsonSerializerOptions.Web))!.Faults;

    /// <summary>The points that orders have passed, in order.</summary>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> PassagesAsync() =>
        (await _http.GetFromJsonAsync<FaultStandings>(Control("/faults?passages=true"), JsonSerializerOptions.Web))!.Keys.ToDictionary(key => key.Key, key => key.Passages!);

    /// <summary>Kills the host as a power cut would, and starts another on the same data.</summary>
    public async Task KillHostAsync()
    {
        var dead = _platform;
        await dead.KillAsync();
        await dead.DisposeAsync();
        _keys = new Dictionary<string, KeyStanding>();
        _platform = await RunningPlatform.StartAsync(replicas: 1, dead.DirectoryPath, s_settings);
        _shops.Add(new Shop(_platform));
    }

    /// <summary>Waits for a moment at which looking at the order is worth its while: nothing of it moves, or a while has passed.</summary>
    public async Task QuietAsync(string orderId, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(s_lookEvery);
        for (var looks = 0; looks < 14; looks++)
        {
            await timer.WaitForNextTickAsync(cancellationToken);
            if (StandingOf(orderId) is { QuietMilliseconds: > 350 } && looks > 1)
                return;
        }
    }

    /// <summary>The platform's own audit of all its orders, once it has come to rest; null when all books agree and no order is stuck.</summary>
    public async Task<string?> AuditAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        var problem = "it did not answer";
        for (var tries = 0; tries < 30 && problem is not null; tries++)
        {
            try
            {
                var audit = await _http.GetFromJsonAsync<JsonElement>(Shop.Gateway("/invariants"));
                problem = audit.GetProperty("stock").GetBoolean() && audit.GetProperty("money").GetBoolean() && audit.GetProperty("shipments").GetBoolean() && audit.GetProperty("stuck").GetInt32() == 0
                    ? null
                    : audit.ToString();
            }
            catch (Exception busy) when (busy is HttpRequestException or IOException or TaskCanceledException)
            {
                problem = busy.Message;
            }

            if (problem is not null)
                await timer.WaitForNextTickAsync();
        }

        return problem;
    }

    /// <summary>What helps to see why an order does not go on: its workflow, and the points it passed last. The logs are kept then.</summary>
    public async Task<string> EvidenceAsync(string orderId)
    {
        _keepsLogs = true;
        return $"workflow: {await AskAsync(WorkflowAsync)}; passed last: {await AskAsync(LastPassagesAsync)}; logs are kept in {_platform.DirectoryPath}";

        async Task<string> WorkflowAsync()
        {
            var workflow = await _http.GetFromJsonAsync<JsonElement>($"http://127.0.0.1:{_platform.Instance("order-saga").HttpPort}/v1.0/workflows/dapr/{orderId}");
            return $"{workflow.GetProperty("runtimeStatus")}, {workflow.GetProperty("properties").GetProperty("dapr.workflow.custom_status")}, last updated {workflow.GetProperty("lastUpdatedAt")}";
        }

        async Task<string> LastPassagesAsync() => (await PassagesAsync()).TryGetValue(orderId, out var points) ? string.Join(", ", points.TakeLast(8)) : "none";

        static async Task<string> AskAsync(Func<Task<string>> ask)
        {
            try
            {
                return await ask();
            }
            catch (Exception problem) when (problem is HttpRequestException or IOException or JsonException or KeyNotFoundException or InvalidOperationException or TaskCanceledException)
            {
                return $"unknown ({problem.Message})";
            }
        }
    }

    /// <summary>What the platform printed last.</summary>
    public string LastLines(int count) => _platform.LastLines(count);

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _looking;
        await _platform.DisposeAsync();
        _platform.Forget(keepsLogs: _keepsLogs);
        _shops.ForEach(shop => shop.Dispose());
        _http.Dispose();
        _ending.Dispose();
    }

    private async Task LookAsync()
    {
        using var timer = new PeriodicTimer(s_lookEvery);
        try
        {
            while (await timer.WaitForNextTickAsync(_ending.Token))
            {
                try
                {
                    var all = (await _http.GetFromJsonAsync<FaultStandings>(Control("/faults"), JsonSerializerOptions.Web, _ending.Token))!;
                    _keys = all.Keys.ToDictionary(key => key.Key);
                }
                catch (Exception problem) when (problem is HttpRequestException or IOException or JsonException or InvalidOperationException)
                {
                    // The host is down: what was known last still holds.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The stage closes.
        }
    }

    private Task PostAsync(string path, object body) => DoAsync(HttpMethod.Post, path, JsonContent.Create(body, body.GetType(), options: JsonSerializerOptions.Web));

    private async Task DoAsync(HttpMethod method, string path, HttpContent? content)
    {
        using var request = new HttpRequestMessage(method, Control(path)) { Content = content };
        using var answer = await _http.SendAsync(request);
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException($"fault control: {method} {path} answered {await Shop.Describe(answer)}");
    }

    private Uri Control(string path)
    {
        try
        {
            return new Uri($"http://127.0.0.1:{_platform.FaultPort}{path}");
        }
        catch (FileNotFoundException gone)
        {
            throw new InvalidOperationException($"the platform ended by itself. Its last lines:\n{_platform.LastLines(40)}", gone);
        }
    }
}
