namespace Sidecar.Components.Nats;

/// <summary>What went wrong between us and a NATS server.</summary>
internal class NatsException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The server refuses who we are or how we come: trying again is of no use.</summary>
internal sealed class NatsRefusedException(string message, Exception? inner = null) : NatsException(message, inner);

/// <summary>The connection was lost while a request was under way: whether it was taken is not known.</summary>
internal sealed class NatsConnectionLostException(string message) : NatsException(message);

/// <summary>Nobody listens to the subject of a request.</summary>
internal sealed class NatsNoRespondersException(string subject) : NatsException($"nobody answers on subject '{subject}'");
