using Conformance;
using Dapr.Protocol.Workflow;
using Microsoft.Extensions.Logging.Abstractions;
using Sidecar.Runtime.State;
using Sidecar.Runtime.Workflows;

namespace Sidecar.Tests.Workflows;

/// <summary>An actor state store, a clock, and engines on them that a test may stop and start again as a host does.</summary>
internal sealed class WorkflowPlace : IAsyncDisposable
{
    private readonly ComponentPlace _components = new();
    private readonly List<WorkflowEngine> _engines = [];

    public SteppedClock Clock { get; } = new();

    public FaultyStore Store { get; private set; } = null!;

    public WorkflowEngineDirectory Directory { get; } = new();

    public static async Task<WorkflowPlace> CreateAsync(
        string type = "state.in-memory", Dictionary<string, string>? metadata = null, string version = "v1", bool listingReadsAll = false)
    {
        var place = new WorkflowPlace();
        var store = await place._components.MakeAsync<IStateStore>(type, metadata ?? [], initTimeout: TimeSpan.FromSeconds(60), version: version);
        place.Store = new FaultyStore(store) { ListingReadsAll = listingReadsAll };
        return place;
    }

    public WorkflowEngine Start(string appId = "app", WorkflowEngineOptions? options = null)
    {
        var engine = new WorkflowEngine((options ?? new WorkflowEngineOptions { AppId = appId, Loggers = NullLoggerFactory.Instance }) with
        {
            Time = Clock,
            Directory = Directory,
        });
        engine.Attach(Store);
        engine.TryStart();
        _engines.Add(engine);
        return engine;
    }

    public async Task<WorkflowEngine> RestartAsync(WorkflowEngine engine)
    {
        await engine.DisposeAsync();
        _engines.Remove(engine);
        return Start(engine.AppId);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var engine in _engines)
        {
            await engine.DisposeAsync();
        }

        await Store.DisposeAsync();
        await _components.DisposeAsync();
    }
}

/// <summary>A store whose writes a test can make fail or hold back, and count.</summary>
internal sealed class FaultyStore(IStateStore inner) : IStateStore
{
    private int _transactions;

    public IReadOnlyList<string> Capabilities => inner.Capabilities;

    public int Transactions => _transactions;

    /// <summary>Called before each write; throw to make it fail.</summary>
    public Func<IReadOnlyList<StateOperation>, Task> BeforeWrite { get; set; } = _ => Task.CompletedTask;

    /// <summary>Called after each write; throw to report a failure of something that was done.</summary>
    public Action<IReadOnlyList<StateOperation>> AfterWrite { get; set; } = _ => { };

    /// <summary>Calls that read: single keys, many keys, pages of keys.</summary>
    public int Reads { get; set; }

    /// <summary>A key whose value the store itself cannot decode.</summary>
    public string? Undecodable { get; set; }

    public bool ListingReadsAll { get; init; }

    public ValueTask<StateItem?> GetAsync(string key, CancellationToken cancellationToken)
    {
        CountRead([key]);
        return inner.GetAsync(key, cancellationToken);
    }

    public ValueTask<IReadOnlyList<StateItem?>> GetManyAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        CountRead(keys);
        return inner.GetManyAsync(keys, cancellationToken);
    }

    public ValueTask ExecuteAsync(StateOperation operation, CancellationToken cancellationToken) => TransactAsync([operation], cancellationToken);

    public async ValueTask TransactAsync(IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken)
    {
        await BeforeWrite(operations);
        await inner.TransactAsync(operations, cancellationToken);
        Interlocked.Increment(ref _transactions);
        AfterWrite(operations);
    }

    public ValueTask<KeyPage> ListKeysAsync(string prefix, string? continuationToken, int pageSize, CancellationToken cancellationToken)
    {
        CountRead([]);
        return inner.ListKeysAsync(prefix, continuationToken, pageSize, cancellationToken);
    }

    public ValueTask<int> DeleteWithPrefixAsync(string prefix, CancellationToken cancellationToken) => inner.DeleteWithPrefixAsync(prefix, cancellationToken);

    public async Task<List<string>> KeysAsync(string prefix = "") => [.. (await inner.ListKeysAsync(prefix, null, 10_000, CancellationToken.None)).Keys];

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private void CountRead(IReadOnlyList<string> keys)
    {
        lock (inner)
        {
            Reads++;
        }

        if (keys.Any(key => key == Undecodable))
        {
            throw new InvalidDataException("a row marked is_binary does not hold Base64");
        }
    }
}
