using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Sidecar.Components.RabbitMqPubSub;

/// <summary>
/// A connection that is opened when it is first needed, and again after it was lost. The client's own recovery is off: it brings back channels whose
/// deliveries and confirmations nobody knows the state of.
/// </summary>
internal sealed class RabbitMqConnection(RabbitMqOptions options, ILogger logger) : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private IConnection? _connection;
    private bool _wasOpen;

    /// <summary>Why the broker takes no publishes at the moment, or null.</summary>
    public string? Blocked { get; private set; }

    /// <summary>The open connection; tries once to open it when there is none.</summary>
    /// <exception cref="RabbitMqException">There is no connection.</exception>
    public async Task<IConnection> GetAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _connection) is { IsOpen: true } open)
            return open;
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_connection is { IsOpen: true } opened)
                return opened;
            if (_connection is { } lost)
                await lost.DisposeAsync();
            Blocked = null;
            _connection = await Factory().CreateConnectionAsync(options.ClientName, cancellationToken);
            // The client does not wait for the answer about the virtual host: a channel shows that it is there.
            await (await _connection.CreateChannelAsync(cancellationToken: cancellationToken)).DisposeAsync();
            Watch(_connection);
            if (_wasOpen)
                RabbitMqLog.Reconnected(logger, options.Address);
            _wasOpen = true;
            return _connection;
        }
        catch (Exception error) when (error is RabbitMQClientException or IOException or System.Net.Sockets.SocketException or TimeoutException)
        {
            throw RabbitMqException.NotConnected(options, error);
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync();
        try
        {
            if (_connection is { } connection)
                await connection.DisposeAsync();
            _connection = null;
        }
        finally
        {
            _gate.Release();
        }
    }

    private void Watch(IConnection connection)
    {
        connection.ConnectionBlockedAsync += (_, blocked) =>
        {
            Blocked = blocked.Reason;
            RabbitMqLog.Blocked(logger, options.Address, blocked.Reason);
            return Task.CompletedTask;
        };
        connection.ConnectionUnblockedAsync += (_, _) =>
        {
            Blocked = null;
            return Task.CompletedTask;
        };
        connection.ConnectionShutdownAsync += (_, reason) =>
        {
            if (reason.Initiator != ShutdownInitiator.Application)
                RabbitMqLog.Lost(logger, options.Address, reason.ReplyText);
            return Task.CompletedTask;
        };
    }

    private ConnectionFactory Factory()
    {
        var factory = new ConnectionFactory
        {
            Uri = options.Server,
            AutomaticRecoveryEnabled = false,
            TopologyRecoveryEnabled = false,
            RequestedHeartbeat = options.HeartBeat,
            ConsumerDispatchConcurrency = 1,
        };
        if (!options.IsTls)
            return factory;
        factory.Ssl = new SslOption(options.Server.Host, enabled: true);
        if (options.ClientCertificate is { } client)
            factory.Ssl.Certs = [client];
        if (options.Authority is { } authority)
            factory.Ssl.CertificateValidationCallback = (_, certificate, _, errors) => IsTrusted(authority, certificate, errors);
        if (options.SaslExternal)
            factory.AuthMechanisms = [new ExternalMechanismFactory()];
        return factory;
    }

    private static bool IsTrusted(X509Certificate2 authority, X509Certificate? certificate, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 given || (errors & SslPolicyErrors.RemoteCertificateNameMismatch) != 0)
            return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(given);
    }
}
