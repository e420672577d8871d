#nullable enable
using Dapr.Actors.Sidecar;

namespace Dapr.Actors.Communication;

/// <summary>Sends remoting calls through the sidecar.</summary>
internal sealed class RemotingClient(ActorApi api, IMessageBodyFormat format)
{
    public ActorApi Api { get; } = api;

    /// <param name="message">The call.</param>
    /// <param name="responseType">The emitted type around the result; null for a method without one.</param>
    /// <param name="cancellationToken">Gives up waiting; the actor goes on.</param>
    /// <exception cref="ActorMethodInvocationException">The method threw.</exception>
    public async Task<IActorResponseMessage> SendAsync(IActorRequestMessage message, Type? responseType, CancellationToken cancellationToken)
    {
        var body = message.GetBody() is WrappedMessage wrapped ? format.Write(wrapped) : null;
        var answer = await Api.InvokeWithRemotingAsync(message.GetHeader(), body, cancellationToken);
        if (answer.ErrorHeader is not null)
            throw new RemoteError(answer.ErrorHeader, answer.Body).ToException();

        return new ActorResponseMessage(null!, responseType is null || answer.Body.Length == 0 ? null! : format.Read(answer.Body, responseType));
    }
}
