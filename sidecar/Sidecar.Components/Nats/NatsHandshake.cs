using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;

namespace Sidecar.Components.Nats;

/// <summary>Opens a connection: TCP, INFO, TLS when either side wants it, CONNECT, and a first ping that shows whether we are let in.</summary>
internal static class NatsHandshake
{
    /// <exception cref="NatsRefusedException">The server does not want us as we are.</exception>
    /// <exception cref="NatsException">It cannot be reached, or ended the connection.</exception>
    public static async Task<NatsLink> OpenAsync(NatsAddress address, NatsOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = time.CreateTimer(static state => ((CancellationTokenSource)state!).Cancel(), limit, options.ConnectTimeout, Timeout.InfiniteTimeSpan);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address.Host, address.Port, limit.Token);
            return await GreetAsync(new NetworkStream(socket, ownsSocket: true), address, options, time, limit.Token);
        }
        catch (Exception error)
        {
            socket.Dispose();
            throw error switch
            {
                NatsException => error,
                OperationCanceledException when !cancellationToken.IsCancellationRequested => new NatsException($"{address} did not answer within {options.ConnectTimeout.TotalSeconds:0.#} s", error),
                AuthenticationException => new NatsRefusedException($"TLS with {address} failed: {(error.InnerException ?? error).Message}", error),
                IOException or SocketException => new NatsException($"{address} cannot be reached: {error.Message}", error),
                _ => error,
            };
        }
    }

    private static async Task<NatsLink> GreetAsync(Stream stream, NatsAddress address, NatsOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var parser = new NatsParser();
        var input = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));
        var greeting = await NextAsync(input, parser, address, cancellationToken);
        if (greeting.Operation != NatsOperation.Info)
            throw new NatsException($"{address} does not speak NATS: it began with {greeting.Operation}");
        var info = ReadInfo(greeting.Text);
        var tls = info.TlsRequired || address.Tls || options.ClientCertificate is not null;
        if (tls)
        {
            if (!info.TlsRequired && !info.TlsAvailable)
                throw new NatsRefusedException($"{address} has no TLS, but {(address.Tls ? "its URL" : "the client certificate")} demands it");
            stream = await UpgradeAsync(stream, address, options, cancellationToken);
            input = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));
        }

        var link = new NatsLink(stream, input, parser, info, time);
        try
        {
            link.Connect(JsonSerializer.Serialize(Introduction(address, options, tls), NatsJson.Default.NatsConnect));
            link.Ping();
            while (await NextAsync(input, parser, address, cancellationToken) is { Operation: not NatsOperation.Pong } frame)
            {
                if (frame.Operation == NatsOperation.Error)
                    throw Refusal(address, frame.Text);
            }

            return link;
        }
        catch
        {
            await link.DisposeAsync();
            throw;
        }
    }

    public static NatsServerInfo ReadInfo(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, NatsJson.Default.NatsServerInfo) ?? new NatsServerInfo();
        }
        catch (JsonException error)
        {
            throw new NatsException($"the server does not speak NATS: its INFO is no JSON ({error.Message})", error);
        }
    }

    private static NatsConnect Introduction(NatsAddress address, NatsOptions options, bool tls) => new()
    {
        User = address.User,
        Password = address.Password,
        Token = address.Token ?? options.Token,
        Name = options.Name,
        TlsRequired = tls,
    };

    private static NatsException Refusal(NatsAddress address, string text) =>
        text.Contains("authorization", StringComparison.OrdinalIgnoreCase) || text.Contains("authentication", StringComparison.OrdinalIgnoreCase)
            ? new NatsRefusedException($"{address} refuses the credentials ({text})")
            : new NatsException($"{address} refuses the connection: {text}");

    private static async Task<SslStream> UpgradeAsync(Stream stream, NatsAddress address, NatsOptions options, CancellationToken cancellationToken)
    {
        var tls = new SslStream(stream, leaveInnerStreamOpen: false);
        var client = new SslClientAuthenticationOptions { TargetHost = address.Host };
        if (options.ClientCertificate is { } certificate)
            client.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true);
        if (options.TrustedRoots is { } roots)
        {
            client.CertificateChainPolicy = new()
            {
                TrustMode = System.Security.Cryptography.X509Certificates.X509ChainTrustMode.CustomRootTrust,
                RevocationMode = System.Security.Cryptography.X509Certificates.X509RevocationMode.NoCheck,
            };
            client.CertificateChainPolicy.CustomTrustStore.AddRange(roots);
        }

        await tls.AuthenticateAsClientAsync(client, cancellationToken);
        return tls;
    }

    private static async Task<NatsFrame> NextAsync(PipeReader input, NatsParser parser, NatsAddress address, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await input.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            if (parser.TryRead(ref buffer, out var frame))
            {
                input.AdvanceTo(buffer.Start);
                return frame;
            }

            input.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted)
                throw new NatsException($"{address} closed the connection before it was open; a server that wants TLS or a client certificate does that");
        }
    }
}
