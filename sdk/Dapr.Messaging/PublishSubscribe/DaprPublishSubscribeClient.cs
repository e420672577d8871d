using Dapr.Common;
using Dapr.Common.Sidecar;
using Microsoft.Extensions.Configuration;

namespace Dapr.Messaging.PublishSubscribe;

/// <summary>Subscribes to topics while the application runs, over a stream to the sidecar: the application needs no port of its own.</summary>
public abstract class DaprPublishSubscribeClient : IDaprClient
{
#pragma warning disable CA1051, SA1401 // fields in the official SDK too
    /// <summary>The client for calls over HTTP.</summary>
    protected readonly HttpClient HttpClient;

    /// <summary>The token that is presented to the sidecar.</summary>
    protected readonly string? DaprApiToken;
#pragma warning restore CA1051, SA1401

    private bool disposed;

    private protected DaprPublishSubscribeClient(HttpClient httpClient, string? daprApiToken)
    {
        HttpClient = httpClient;
        DaprApiToken = daprApiToken;
    }

    /// <summary>Subscribes to a topic. The subscription lasts until what is returned is disposed, or the token is cancelled.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled already.</exception>
    public abstract Task<IAsyncDisposable> SubscribeAsync(
        string pubSubName, string topicName, DaprSubscriptionOptions options, TopicMessageHandler messageHandler, CancellationToken cancellationToken = default);

    /// <summary>Closes the connections to the sidecar.</summary>
    public void Dispose()
    {
        if (disposed)
            return;

        Dispose(disposing: true);
        disposed = true;
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes what the derived client holds.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }
}

/// <summary>Builds a <see cref="DaprPublishSubscribeClient"/>. Nothing set means Dapr's defaults: see <see cref="DaprDefaults"/>.</summary>
public sealed class DaprPublishSubscribeClientBuilder : DaprGenericClientBuilder<DaprPublishSubscribeClient>
{
    /// <summary>Starts from <paramref name="configuration"/> and, for what it does not say, from the environment.</summary>
    public DaprPublishSubscribeClientBuilder(IConfiguration? configuration = null)
        : base(configuration)
    {
    }

    /// <inheritdoc/>
    public override DaprPublishSubscribeClient Build() => new GrpcPublishSubscribeClient(Connect(typeof(DaprPublishSubscribeClient).Assembly));
}

internal sealed class GrpcPublishSubscribeClient(SidecarConnection sidecar) : DaprPublishSubscribeClient(sidecar.Http, sidecar.ApiToken)
{
    public override Task<IAsyncDisposable> SubscribeAsync(
        string pubSubName, string topicName, DaprSubscriptionOptions options, TopicMessageHandler messageHandler, CancellationToken cancellationToken = default) =>
        cancellationToken.IsCancellationRequested
            ? Task.FromCanceled<IAsyncDisposable>(cancellationToken)
            : Task.FromResult<IAsyncDisposable>(new TopicSubscription(sidecar, pubSubName, topicName, options, messageHandler, cancellationToken));

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            sidecar.Dispose();

        base.Dispose(disposing);
    }
}
