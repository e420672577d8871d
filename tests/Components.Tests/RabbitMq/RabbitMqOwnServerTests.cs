using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Conformance;
using Sidecar.Processes;
using Sidecar.Runtime.PubSub;
using Sidecar.Servers;

namespace Components.Tests.RabbitMq;

/// <summary>What needs a RabbitMQ of one's own: it speaks TLS, takes small messages only, and is stopped. One server for all of it, for it takes seconds to start.</summary>
[NeedsServer("rabbitmq")]
public sealed class RabbitMqOwnServerTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("certificates-").FullName;
    private readonly int _tlsPort = new FreePorts().Next();
    private readonly Certificates _certificates = new();
    private readonly RabbitMqServer _server;
    private readonly RabbitMqBench _bench;

    public RabbitMqOwnServerTests()
    {
        _server = new RabbitMqServer(configuration: $"""
            listeners.ssl.1 = 127.0.0.1:{_tlsPort}
            ssl_options.cacertfile = {_folder}/ca.pem
            ssl_options.certfile = {_folder}/server.pem
            ssl_options.keyfile = {_folder}/server.key
            ssl_options.verify = verify_peer
            ssl_options.fail_if_no_peer_cert = true
            max_message_size = 65536
            """);
        _bench = new RabbitMqBench(_server);
    }

    public async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "ca.pem"), _certificates.Authority);
        await File.WriteAllTextAsync(Path.Combine(_folder, "server.pem"), _certificates.Server.Certificate);
        await File.WriteAllTextAsync(Path.Combine(_folder, "server.key"), _certificates.Server.Key);
        if (RabbitMqServer.Missing is null)
            await _server.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _bench.DisposeAsync();
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [ConformanceFact]
    public async Task Certificates_are_checked_too_large_a_message_is_refused_alone_and_a_publish_without_a_broker_fails_in_bounded_time()
    {
        await Messages_go_over_TLS_with_a_client_certificate();
        await A_server_of_an_unknown_authority_is_not_trusted();
        await A_message_over_the_limit_is_refused_alone();
        await A_publish_waits_a_bounded_time_for_a_broker_that_is_down();
    }

    private async Task Messages_go_over_TLS_with_a_client_certificate()
    {
        var inbox = new Inbox();
        var component = await _bench.ComponentAsync(
            ("connectionString", $"amqps://guest:guest@localhost:{_tlsPort}"), ("caCert", _certificates.Authority), ("clientCert", _certificates.Client.Certificate),
            ("clientKey", _certificates.Client.Key));
        await _bench.SubscribeAsync(component, "app", inbox.HandleAsync);
        await _bench.PublishAsync(component, "secret");
        await inbox.WaitForAsync(1);
    }

    private async Task A_server_of_an_unknown_authority_is_not_trusted()
    {
        var stranger = new Certificates();
        var refusal = await Assert.ThrowsAsync<Sidecar.Runtime.Components.ComponentException>(() => _bench.ComponentAsync(
            ("connectionString", $"amqps://guest:guest@localhost:{_tlsPort}"), ("caCert", stranger.Authority), ("clientCert", _certificates.Client.Certificate),
            ("clientKey", _certificates.Client.Key)));
        Assert.Contains("caCert", refusal.Message, StringComparison.Ordinal);
    }

    private async Task A_message_over_the_limit_is_refused_alone()
    {
        var inbox = new Inbox();
        var component = await _bench.ComponentAsync();
        await _bench.SubscribeAsync(component, "small", inbox.HandleAsync);
        PubSubMessage Of(int size) => new(_bench.Topic, new byte[size], new Dictionary<string, string>());
        for (var round = 0; round < 2; round++)
        {
            var errors = await ((IBulkPubSub)component).PublishBulkAsync([Of(10), Of(100_000), Of(20)], CancellationToken.None);
            Assert.Null(errors[0]);
            Assert.Null(errors[2]);
            Assert.Contains("has 100000 bytes, and RabbitMQ takes at most 65536", errors[1]!.Message, StringComparison.Ordinal);
        }

        await inbox.WaitForAsync(4);
        Assert.All(inbox.Messages, message => Assert.InRange(message.Data.Length, 10, 20));
    }

    private async Task A_publish_waits_a_bounded_time_for_a_broker_that_is_down()
    {
        var clock = new SteppedClock();
        var component = await _bench.OpenAsync(time: clock);
        await _bench.PublishAsync(component, "while it runs");
        await _server.StopAsync();

        var publishing = _bench.PublishAsync(component, "while it is down");
        await RabbitMqBench.UntilAsync(() =>
        {
            clock.Step(TimeSpan.FromMilliseconds(500));
            return Task.FromResult(publishing.IsCompleted);
        });
        var refusal = await Assert.ThrowsAnyAsync<Exception>(() => publishing);
        Assert.Contains($"does not answer at {_server.Address}", refusal.Message, StringComparison.Ordinal);
        await component.DisposeAsync();
    }

    /// <summary>An authority, and what it signed.</summary>
    private sealed class Certificates
    {
        private static readonly DateTimeOffset s_from = DateTimeOffset.UtcNow.AddDays(-1);

        public Certificates()
        {
            using var key = RSA.Create(2048);
            var request = new CertificateRequest("CN=Test Authority", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
            using var authority = request.CreateSelfSigned(s_from, s_from.AddDays(10));
            Authority = authority.ExportCertificatePem();
            Server = Sign(authority, "localhost");
            Client = Sign(authority, "client");
        }

        public string Authority { get; }

        public (string Certificate, string Key) Server { get; }

        public (string Certificate, string Key) Client { get; }

        private static (string Certificate, string Key) Sign(X509Certificate2 authority, string name)
        {
            using var key = RSA.Create(2048);
            var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(name);
            request.CertificateExtensions.Add(names.Build());
            using var certificate = request.Create(authority, s_from, s_from.AddDays(9), RandomNumberGenerator.GetBytes(8));
            return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
        }
    }
}
