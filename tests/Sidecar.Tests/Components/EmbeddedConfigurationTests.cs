using System.Threading.Channels;
using Conformance;
using Microsoft.Extensions.Logging;
using Sidecar.Components.EmbeddedConfiguration;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Configurations;
using Sidecar.Testing;

namespace Sidecar.Tests.Components;

/// <summary>Configuration in a file that people edit.</summary>
public sealed class EmbeddedConfigurationTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly Dictionary<string, string> s_nothing = [];
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly ComponentPlace _place = new();
    private readonly TestClock _clock = new();
    private readonly Channel<string> _told = Channel.CreateUnbounded<string>();

    private string File => Path.Combine(_place.Folder, "settings.json");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _place.DisposeAsync();

    [Fact]
    public async Task A_value_is_text_or_JSON_and_has_its_version_behind_the_last_bars()
    {
        await using var store = await OpenAsync("""{ "plain": "blue", /* why */ "versioned": "a||b||7", "number": 12.5, "flag": true, "gone": null, }""");

        Assert.Equal(["plain: blue ()", "versioned: a||b (7)"], Texts(await store.GetAsync(["plain", "missing", "versioned", "plain"], s_nothing, None)));
        Assert.Equal(["flag: true ()", "number: 12.5 ()", "plain: blue ()", "versioned: a||b (7)"], Texts(await store.GetAsync([], s_nothing, None)));
    }

    [Fact]
    public async Task Changes_and_deletions_of_the_keys_asked_for_are_told_until_the_subscription_ends()
    {
        await using var store = await OpenAsync("""{ "a": "1", "b": "1" }""");
        var some = await store.SubscribeAsync(["a", "c"], s_nothing, Tell, None);

        Assert.Equal("a: 2 (v)", await WriteAsync("""{ "a": "2||v", "b": "2" }"""));
        Assert.Equal("c: 1 ()", await WriteAsync("""{ "a": "2||v", "c": "1" }"""));
        Assert.Equal("a:  ()", await WriteAsync("""{ "c": "1" }"""));
        await some.DisposeAsync();

        await using var all = await store.SubscribeAsync([], s_nothing, Tell, None);
        Assert.Equal("b: 3 ()", await WriteAsync("""{ "b": "3", "c": "1" }"""));
    }

    [Fact]
    public async Task A_file_that_is_damaged_or_away_for_a_moment_changes_nothing()
    {
        await System.IO.File.WriteAllTextAsync(File, """{ "a": "1" }""");
        var log = new CountingLog();
        await using var store = new EmbeddedConfigurationStore(new ConfigurationFile(File), s_tick, _clock, log);
        await using var subscription = await store.SubscribeAsync([], s_nothing, Tell, None);

        await System.IO.File.WriteAllTextAsync(File, """{ "a": """);
        await UntilAsync(() => log.Count == 1);
        Assert.Equal("b: 1 ()", await WriteAsync("""{ "a": "1", "b": "1" }"""));

        System.IO.File.Delete(File);
        await UntilAsync(() => log.Count == 2);
        await Assert.ThrowsAsync<ConfigurationFileException>(() => store.GetAsync([], s_nothing, None).AsTask());
        Assert.Equal("b: 2 ()", await WriteAsync("""{ "a": "1", "b": "2" }"""));
    }

    [Fact]
    public async Task A_subscriber_that_fails_hears_of_the_next_change()
    {
        await using var store = await OpenAsync("""{ "a": "1" }""");
        var failures = 0;
        await using var subscription = await store.SubscribeAsync([], s_nothing, (items, token) => failures++ == 0 ? throw new InvalidOperationException("busy") : Tell(items, token), None);

        await System.IO.File.WriteAllTextAsync(File, """{ "a": "2" }""");
        await UntilAsync(() => failures == 1);

        Assert.Equal("a: 3 ()", await WriteAsync("""{ "a": "3" }"""));
    }

    [Theory]
    [InlineData(null, "cannot be read")]
    [InlineData("[1]", "not a JSON object")]
    [InlineData("{ \"a\" 1 }", "no valid JSON (line 1, column")]
    public async Task A_file_that_is_no_configuration_is_refused_at_the_start(string? content, string problem)
    {
        var error = await Assert.ThrowsAsync<ComponentException>(() => OpenAsync(content));

        Assert.Contains("settings.json", error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.Contains("store.yaml:9", error.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Texts(IReadOnlyDictionary<string, ConfigurationItem> items) => items.Select(item => $"{item.Key}: {item.Value.Value} ({item.Value.Version})").Order();

    private async Task Tell(IReadOnlyDictionary<string, ConfigurationItem> items, CancellationToken token) => await _told.Writer.WriteAsync(string.Join(", ", Texts(items)), token);

    /// <summary>Writes the file and moves the clock until somebody is told.</summary>
    private async Task<string> WriteAsync(string content)
    {
        await System.IO.File.WriteAllTextAsync(File, content);
        await UntilAsync(() => _told.Reader.TryPeek(out _));
        return await _told.Reader.ReadAsync();
    }

    private async Task UntilAsync(Func<bool> holds)
    {
        using var patience = new CancellationTokenSource(s_patience);
        while (!holds())
        {
            _clock.Advance(s_tick);
            await Task.Delay(1, patience.Token);
        }
    }

    private async Task<IConfigurationStore> OpenAsync(string? content)
    {
        if (content is not null)
            await System.IO.File.WriteAllTextAsync(File, content);
        return await _place.MakeAsync<IConfigurationStore>("configuration.embedded", new() { ["path"] = "settings.json" }, _clock);
    }

    private sealed class CountingLog : ILogger
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Interlocked.Increment(ref _count);
    }
}
