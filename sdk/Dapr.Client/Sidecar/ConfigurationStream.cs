using Dapr.Common.Sidecar;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
using WireItem = Dapr.Protocol.Common.V1.ConfigurationItem;
using WireRequest = Dapr.Protocol.Runtime.V1.SubscribeConfigurationRequest;

namespace Dapr.Client.Sidecar;

/// <summary>A configuration subscription: the call lasts as long as somebody enumerates it.</summary>
internal sealed class ConfigurationStream(SidecarConnection sidecar, WireRequest request, CancellationToken lifetime) : ConfigurationSource
{
    private volatile string id = string.Empty;

    public override string Id => id;

    public override async IAsyncEnumerator<IDictionary<string, ConfigurationItem>> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(lifetime, cancellationToken);
        await using var changes = sidecar.StreamAsync(DaprMethods.SubscribeConfiguration, request, either.Token).GetAsyncEnumerator(either.Token);
        while (await NextAsync(changes))
        {
            id = changes.Current.Id;
            yield return Items(changes.Current.Items);
        }
    }

    internal static Dictionary<string, ConfigurationItem> Items(IEnumerable<KeyValuePair<string, WireItem>> items) => items.ToDictionary(
        item => item.Key,
        item => new ConfigurationItem(item.Value.Value, item.Value.Version, new Dictionary<string, string>(item.Value.Metadata)));

    private static async ValueTask<bool> NextAsync<T>(IAsyncEnumerator<T> changes)
    {
        try
        {
            return await changes.MoveNextAsync();
        }
        catch (GrpcException error)
        {
            throw new DaprException($"The configuration subscription ended: {error.StatusCode}: {error.Detail}.", error);
        }
    }
}
