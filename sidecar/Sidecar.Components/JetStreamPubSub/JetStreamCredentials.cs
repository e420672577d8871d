using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sidecar.Components.Nats;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;

namespace Sidecar.Components.JetStreamPubSub;

/// <summary>The part of the metadata that says where the server is and who we are to it.</summary>
internal static class JetStreamCredentials
{
    /// <exception cref="ComponentException">Metadata is missing or wrong.</exception>
    public static NatsOptions Read(Component component, string directory)
    {
        var url = component.RequiredText("natsURL");
        Pair(component, "jwt", "seedKey");
        Pair(component, "tls_client_cert", "tls_client_key");
        if (component.Text("jwt") is not null)
        {
            throw new ComponentException(
                component, "jwt", "signs in with an Ed25519 key, which .NET has no means for: use token, user and password in natsURL, or tls_client_cert here; real Dapr takes jwt and seedKey");
        }

        try
        {
            return new NatsOptions
            {
                Servers = NatsAddress.ParseList(url),
                Name = component.Text("name") ?? "dapr.io - pubsub.jetstream",
                // A client certificate goes before a token, as in Dapr.
                Token = component.Text("tls_client_cert") is null ? component.Text("token") : null,
                ClientCertificate = Certificate(component, directory),
            };
        }
        catch (FormatException error)
        {
            throw new ComponentException(component, "natsURL", error.Message, error);
        }
    }

    private static void Pair(Component component, string first, string second)
    {
        var (one, other) = (component.Text(first), component.Text(second));
        if (one is null != other is null)
            throw new ComponentException(component, one is null ? second : first, $"needs '{(one is null ? first : second)}' beside it");
    }

    /// <summary>Files, as Dapr's code reads them, or the PEM text itself, as its reference shows.</summary>
    private static X509Certificate2? Certificate(Component component, string directory)
    {
        if (component.Text("tls_client_cert") is not { } certificate || component.Text("tls_client_key") is not { } key)
            return null;
        try
        {
            using var pem = X509Certificate2.CreateFromPem(Pem(certificate, directory), Pem(key, directory));
            // A key that lives only in memory is not taken by TLS on Windows.
            return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ComponentException(component, "tls_client_cert", $"and tls_client_key cannot be read as PEM files: {error.Message}", error);
        }
    }

    private static string Pem(string given, string directory) =>
        given.Contains("-----BEGIN", StringComparison.Ordinal) ? given : File.ReadAllText(Path.GetFullPath(given, Path.GetFullPath(directory)));
}
