using Dapr.Client;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ServiceDefaults.Switches;

/// <summary>Keeps the switches as the configuration store says, from the moment the sidecar answers until the service stops. Where there is no such store they stay as they normally are.</summary>
public sealed partial class SwitchFollower(DaprClient dapr, IEnumerable<FeatureSwitch> switches, TimeProvider clock, ILogger<SwitchFollower> logger) : BackgroundService
{
    /// <summary>Name of the Dapr component.</summary>
    public const string Store = "configuration";

    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, FeatureSwitch> _switches = switches.ToDictionary(one => one.Key);
    private bool _saidInterrupted;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!(await dapr.GetMetadataAsync(stoppingToken)).Components.Any(component => component.Name == Store))
                {
                    LogAbsent(logger, Store);
                    return;
                }

                await FollowAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // What the stream throws depends on the SDK. Whatever it is, the last values hold meanwhile.
                if (!_saidInterrupted)
                {
                    LogInterrupted(logger, exception.Cause());
                }

                _saidInterrupted = true;
            }

            await Task.Delay(_pause, clock, stoppingToken);
        }
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        var subscription = await dapr.SubscribeConfiguration(Store, [.. _switches.Keys], cancellationToken: cancellationToken);
        var subscribed = false;
        await foreach (var changes in subscription.Source.WithCancellation(cancellationToken))
        {
            if (!subscribed)
            {
                // Read only now that no later change can be missed.
                var all = await dapr.GetConfiguration(Store, [.. _switches.Keys], cancellationToken: cancellationToken);
                foreach (var key in _switches.Keys)
                {
                    Set(key, all.Items.GetValueOrDefault(key)?.Value);
                }

                (subscribed, _saidInterrupted) = (true, false);
            }

            foreach (var (key, item) in changes)
            {
                Set(key, item.Value);
            }
        }
    }

    private void Set(string key, string? text)
    {
        if (!_switches.TryGetValue(key, out var changed))
        {
            return;
        }

        var before = changed.Text;
        if (!changed.TrySet(text))
        {
            LogNotUnderstood(logger, key, text!, before);
        }
        else if (changed.Text != before)
        {
            LogChanged(logger, key, changed.Text, before);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "There is no component '{Store}': every switch stays as it normally is")]
    private static partial void LogAbsent(ILogger logger, string store);

    [LoggerMessage(Level = LogLevel.Information, Message = "Switch {Key} is now {Now}, it was {Before}")]
    private static partial void LogChanged(ILogger logger, string key, string now, string before);

    [LoggerMessage(Level = LogLevel.Error, Message = "Switch {Key} cannot be '{Text}' and stays {Before}")]
    private static partial void LogNotUnderstood(ILogger logger, string key, string text, string before);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The switches cannot be read now and hold their last values: {Reason}")]
    private static partial void LogInterrupted(ILogger logger, string reason);
}
