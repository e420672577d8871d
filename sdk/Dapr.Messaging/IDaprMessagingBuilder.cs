using Dapr.Common;

namespace Dapr.Messaging
{
    /// <summary>What the registration of a messaging client returns.</summary>
    public interface IDaprMessagingBuilder : IDaprServiceBuilder;
}

namespace Dapr.Messaging.PublishSubscribe
{
    /// <summary>What the registration of the client for subscriptions returns.</summary>
    public interface IDaprPubSubBuilder : IDaprMessagingBuilder;
}
