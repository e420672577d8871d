using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Sidecar.Components.EmbeddedPubSub;
using Sidecar.Runtime.PubSub;
using Broker = Sidecar.Components.EmbeddedPubSub.EmbeddedBroker;

namespace Sidecar.Tests.EmbeddedBroker;

/// <summary>A broker in a folder of its own, that can be closed, copied and opened again.</summary>
internal sealed class BrokerPlace : IAsyncDisposable
{
    private readonly List<string> _folders = [];

    private BrokerPlace()
    {
    }

    public Broker Broker { get; private set; } = null!;

    public string Folder => _folders[^1];

    public static async Task<BrokerPlace> OpenAsync(EmbeddedBrokerOptions? options = null, TimeProvider? time = null)
    {
        var place = new BrokerPlace();
        place._folders.Add(Directory.CreateTempSubdirectory("broker-").FullName);
        await place.OpenHereAsync(options, time);
        return place;
    }

    public async Task ReopenAsync(EmbeddedBrokerOptions? options = null, TimeProvider? time = null)
    {
        await Broker.DisposeAsync();
        await OpenHereAsync(options, time);
    }

    /// <summary>What a crash leaves: the files as they are now, without a proper end.</summary>
    public string CopyFiles()
    {
        var copy = Directory.CreateTempSubdirectory("broker-").FullName;
        foreach (var file in Directory.GetFiles(Folder, "*.log").Concat(Directory.GetFiles(Folder, "*.journal")))
        {
            using var source = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var target = File.Create(Path.Combine(copy, Path.GetFileName(file)));
            source.CopyTo(target);
        }

        return copy;
    }

    public async Task OpenCopyAsync(string copy, EmbeddedBrokerOptions? options = null, TimeProvider? time = null)
    {
        await Broker.DisposeAsync();
        _folders.Add(copy);
        await OpenHereAsync(options, time);
    }

    public Task PublishAsync(string topic, string text, string? key = null, string? ttl = null) => Broker.PublishAsync([Message(topic, text, key, ttl)], default);

    public static PubSubMessage Message(string topic, string text, string? key = null, string? ttl = null)
    {
        var metadata = new Dictionary<string, string>();
        if (key is not null)
            metadata["partitionKey"] = key;
        if (ttl is not null)
            metadata["ttlInSeconds"] = ttl;
        return new PubSubMessage(topic, Encoding.UTF8.GetBytes(text), metadata);
    }

    public async ValueTask DisposeAsync()
    {
        await Broker.DisposeAsync();
        _folders.ForEach(folder => Directory.Delete(folder, recursive: true));
    }

    private async Task OpenHereAsync(EmbeddedBrokerOptions? options, TimeProvider? time) =>
        Broker = await Broker.OpenAsync(Folder, options ?? new EmbeddedBrokerOptions(), time ?? TimeProvider.System, NullLogger.Instance);
}
