using System.Globalization;
using Sidecar.Runtime.Bindings;
using Sidecar.Runtime.Jobs;

namespace Sidecar.Components.CronBinding;

/// <summary>Fires an event without a body at each time of a schedule. A slow event does not hold up the next one, and a failed one is not repeated.</summary>
internal sealed class CronInputBinding(JobSchedule schedule, TimeProvider time) : IInputBinding
{
    public Task<IAsyncDisposable> ReadAsync(BindingEventHandler handler, CancellationToken cancellationToken) =>
        Task.FromResult<IAsyncDisposable>(new Firing(schedule, time, handler));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class Firing : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly List<Task> _underWay = [];
        private readonly Task _loop;

        public Firing(JobSchedule schedule, TimeProvider time, BindingEventHandler handler) => _loop = RunAsync(schedule, time, handler);

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _loop;
            await Task.WhenAll(_underWay);
            _stop.Dispose();
        }

        private async Task RunAsync(JobSchedule schedule, TimeProvider time, BindingEventHandler handler)
        {
            for (var last = time.GetUtcNow(); schedule.Next(last) is { } next; last = next)
            {
                var wait = next - time.GetUtcNow();
                if (wait > TimeSpan.Zero)
                    await Task.Delay(wait, time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (_stop.IsCancellationRequested)
                    return;
                _underWay.RemoveAll(task => task.IsCompleted);
                _underWay.Add(FireAsync(handler, time.GetUtcNow()));
            }
        }

        private static async Task FireAsync(BindingEventHandler handler, DateTimeOffset now)
        {
            var metadata = new Dictionary<string, string> { ["timeZone"] = "Local", ["readTimeUTC"] = now.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fffffff '+0000 UTC'", CultureInfo.InvariantCulture) };
            // What went wrong was logged, and the schedule goes on.
            await ((Task)handler(new BindingEvent(ReadOnlyMemory<byte>.Empty, metadata), CancellationToken.None)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        }
    }
}
