using Sidecar.Runtime.Bindings;

namespace Sidecar.Tests.Bindings;

/// <summary>Events under way when an input binding is paused or stopped.</summary>
public sealed class InputReaderTests
{
    [Fact]
    public async Task A_pause_does_not_wait_for_an_event_under_way_and_a_stop_ends_it_when_its_time_is_over()
    {
        var binding = new OneEvent();
        using var reader = new InputReader(binding, async (_, cancellation) =>
        {
            await Task.Delay(Timeout.Infinite, cancellation);
            return [];
        });
        await reader.StartAsync();
        Assert.False(binding.Event.IsCompleted);

        reader.Pause();
        Assert.False(binding.Event.IsCompleted);
        using var limit = new CancellationTokenSource();
        var stopping = reader.StopAsync(limit.Token);
        Assert.False(stopping.IsCompleted);
        await limit.CancelAsync();
        await stopping.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.True(binding.Event.IsCanceled);
    }

    /// <summary>Has one event at once; its end waits for it.</summary>
    private sealed class OneEvent : IInputBinding, IAsyncDisposable
    {
        public Task<byte[]> Event { get; private set; } = null!;

        public Task<IAsyncDisposable> ReadAsync(BindingEventHandler handler, CancellationToken cancellationToken)
        {
            Event = handler(new BindingEvent(ReadOnlyMemory<byte>.Empty, new Dictionary<string, string>()), CancellationToken.None);
            return Task.FromResult<IAsyncDisposable>(this);
        }

        public async ValueTask DisposeAsync() => await ((Task)Event).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
