using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace Sidecar.Components.RabbitMqPubSub;

/// <summary>RabbitMQ did not do what was asked.</summary>
/// <param name="message">What, where and the way out.</param>
/// <param name="isFinal">True when asking again cannot help.</param>
/// <param name="inner">The client's own error.</param>
internal sealed class RabbitMqException(string message, bool isFinal, Exception? inner = null) : Exception(message, inner)
{
    private const int AccessRefused = 403;
    private const int NotAllowed = 530;
    private const int PreconditionFailed = 406;

    public bool IsFinal { get; } = isFinal;

    /// <summary>Says in our words why there is no connection.</summary>
    public static RabbitMqException NotConnected(RabbitMqOptions options, Exception error)
    {
        var user = options.SaslExternal ? "the client certificate's user" : $"user '{Uri.UnescapeDataString(options.Server.UserInfo.Split(':')[0])}'";
        for (var cause = error; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case AuthenticationFailureException or PossibleAuthenticationFailureException:
                    return new RabbitMqException($"RabbitMQ at {options.Address} refuses {(user.EndsWith("''", StringComparison.Ordinal) ? "user 'guest'" : user)}: check user and password in the component's metadata", true, error);
                case OperationInterruptedException { ShutdownReason.ReplyCode: NotAllowed or AccessRefused } refused:
                    return new RabbitMqException($"RabbitMQ at {options.Address} refuses the connection: {refused.ShutdownReason!.ReplyText}; check the virtual host and the user's rights to it", true, error);
                case System.Security.Authentication.AuthenticationException tls:
                    return new RabbitMqException($"RabbitMQ at {options.Address} and this side do not agree on TLS: {tls.Message} Check protocol, caCert, clientCert and clientKey", false, error);
            }
        }

        var deepest = error;
        while (deepest.InnerException is { } deeper)
        {
            deepest = deeper;
        }

        return new RabbitMqException($"RabbitMQ does not answer at {options.Address} ({deepest.Message}); start it there, or change the address", false, error);
    }

    /// <summary>Says in our words why an exchange or queue cannot be declared.</summary>
    public static RabbitMqException NotDeclared(string what, OperationInterruptedException error) => error.ShutdownReason is { ReplyCode: PreconditionFailed } reason
        ? new RabbitMqException(
            $"{what} is there already, but declared otherwise ({reason.ReplyText}); make the component's and the subscription's metadata say the same as whoever declared it, or delete it: it is declared again",
            true, error)
        : error.ShutdownReason is { ReplyCode: AccessRefused } refusal
            ? new RabbitMqException($"{what} may not be declared by this user ({refusal.ReplyText}); grant the user the right to configure it", true, error)
            : new RabbitMqException($"{what} could not be declared: {error.Message}", false, error);

    /// <summary>A publish whose fate is unknown, because the channel it went over is gone.</summary>
    public static RabbitMqException Lost(ShutdownEventArgs reason) =>
        new($"the connection to RabbitMQ was lost before it confirmed the message: {reason.ReplyText}", false);
}
