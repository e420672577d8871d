using Dapr.Common.Sidecar;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
using WireItem = Dapr.Protocol.Common.V1.ConfigurationItem;
using WireRequest = Dapr.Protocol.Runtime.V1.SubscribeConfigurationRequest;
using WireResponse = Dapr.Protocol.Runtime.V1.SubscribeConfigurationResponse;

namespace Dapr.Client.Sidecar;

/// <summary>A configuration subscription: the call begins at once, so that no change is missed, and ends when its enumeration does.</summary>
internal sealed class ConfigurationStream : ConfigurationSource
{
    private readonly CancellationTokenSource ending;
    private readonly IAsyncEnumerator<WireResponse> changes;
    private Task<bool>? first;
    private volatile string id = string.Empty;

    public ConfigurationStream(SidecarConnection sidecar, WireRequest request, CancellationToken lifetime)
    {
        ending = CancellationTokenSource.CreateLinkedTokenSource(lifetime);
        changes = sidecar.StreamAsync(DaprMethods.SubscribeConfiguration, request, ending.Token).GetAsyncEnumerator(CancellationToken.None);
        first = changes.MoveNextAsync().AsTask();

        // A failure is told to whoever enumerates; nobody may.
        _ = first.ContinueWith(failed => failed.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
    }

    public override string Id => id;

    public override async IAsyncEnumerator<IDictionary<string, ConfigurationItem>> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        await using var cancelled = cancellationToken.Register(ending.Cancel);
        try
        {
            while (await NextAsync())
            {
                // The id stays what the first message said.
                id = id.Length == 0 ? changes.Current.Id : id;
                yield return Items(changes.Current.Items);
            }
        }
        finally
        {
            await ending.CancelAsync();
            await changes.DisposeAsync();
        }
    }

    internal static Dictionary<string, ConfigurationItem> Items(IEnumerable<KeyValuePair<string, WireItem>> items) => items.ToDictionary(
        item => item.Key,
        item => new ConfigurationItem(item.Value.Value, item.Value.Version, new Dictionary<string, string>(item.Value.Metadata)));

    private async Task<bool> NextAsync()
    {
        try
        {
            return await (Interlocked.Exchange(ref first, null) ?? changes.MoveNextAsync().AsTask());
        }
        catch (GrpcException error)
        {
            throw new DaprException($"The configuration subscription ended: {error.StatusCode}: {error.Detail}.", error);
        }
    }
}
