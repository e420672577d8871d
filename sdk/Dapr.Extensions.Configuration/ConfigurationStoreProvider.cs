using Dapr.Client;
using Microsoft.Extensions.Configuration;

namespace Dapr.Extensions.Configuration;

/// <summary>Reads items when the configuration is built and, where asked, follows their changes until it is disposed.</summary>
internal sealed class ConfigurationStoreProvider(DaprConfigurationStoreSource source) : ConfigurationProvider, IDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource ending = new();

    /// <summary>Configuration is built without await: the thread waits.</summary>
    public override void Load() => LoadAsync().GetAwaiter().GetResult();

    public void Dispose() => ending.Cancel();

    private async Task LoadAsync()
    {
        try
        {
            await SidecarReadiness.WaitAsync(source.Client, source.SidecarWaitTimeout).ConfigureAwait(false);
            if (!source.IsStreaming)
                Take((await source.Client.GetConfiguration(source.Store, source.Keys, source.Metadata ?? new Dictionary<string, string>(), ending.Token).ConfigureAwait(false)).Items);
        }
        catch (Exception error) when (source.IsOptional && SidecarReadiness.IsAbsence(error))
        {
            // The application goes on without; a stream is tried again below.
        }

        if (source.IsStreaming)
            _ = Task.Run(FollowAsync);
    }

    private async Task FollowAsync()
    {
        while (!ending.IsCancellationRequested)
        {
            string? id = null;
            try
            {
                var subscription = await source.Client.SubscribeConfiguration(source.Store, source.Keys, source.Metadata ?? new Dictionary<string, string>(), ending.Token);
                await foreach (var items in subscription.Source.WithCancellation(ending.Token))
                {
                    id = subscription.Id;
                    Take(items);
                    OnReload();
                }
            }
            catch (Exception) when (!ending.IsCancellationRequested)
            {
                // Whatever it was, the last values hold, and a new subscription begins.
            }
            catch (OperationCanceledException)
            {
            }

            await GiveUpAsync(id);
            await Task.Delay(s_pause, ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task GiveUpAsync(string? id)
    {
        if (string.IsNullOrEmpty(id))
            return;

        try
        {
            await source.Client.UnsubscribeConfiguration(source.Store, id);
        }
        catch (Exception)
        {
            // The sidecar may be gone, and the subscription with it.
        }
    }

    // A new dictionary each time: others read the old one meanwhile.
    private void Take(IEnumerable<KeyValuePair<string, ConfigurationItem>> items)
    {
        var data = new Dictionary<string, string?>(Data, StringComparer.OrdinalIgnoreCase);
        foreach (var (key, item) in items)
            data[key] = item.Value;

        Data = data;
    }
}
