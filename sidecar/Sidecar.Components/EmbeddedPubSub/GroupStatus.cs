namespace Sidecar.Components.EmbeddedPubSub;

/// <summary>Where one group stands.</summary>
/// <param name="Topic">Topic.</param>
/// <param name="Group">Group: an app id, or the component's <c>consumerID</c>.</param>
/// <param name="Pending">Messages not acknowledged, those under delivery included.</param>
/// <param name="Queued">How many of them are held in memory.</param>
/// <param name="InDelivery">Messages under delivery now.</param>
/// <param name="Subscribers">Instances that take messages.</param>
/// <param name="Dead">Messages given up after <c>maxDeliver</c> deliveries.</param>
public sealed record GroupStatus(string Topic, string Group, long Pending, int Queued, int InDelivery, int Subscribers, IReadOnlyList<DeadMessage> Dead);
