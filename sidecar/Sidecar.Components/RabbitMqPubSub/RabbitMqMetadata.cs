using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;

namespace Sidecar.Components.RabbitMqPubSub;

/// <summary>Reads a component's metadata with Dapr's names and defaults (<c>pubsub/rabbitmq</c> of components-contrib 1.18).</summary>
internal static class RabbitMqMetadata
{
    private static readonly string[] s_exchangeKinds = ["fanout", "topic", "direct", "headers"];

    /// <exception cref="ComponentException">A value is wrong; the message names file, line and key.</exception>
    public static RabbitMqOptions Read(Component component)
    {
        var options = new RabbitMqOptions
        {
            Server = Server(component),
            ClientName = component.Text("clientName"),
            HeartBeat = component.Duration(TimeSpan.FromSeconds(10), "heartBeat"),
            Authority = Certificate(component, "caCert", null),
            ClientCertificate = Certificate(component, "clientCert", "clientKey"),
            SaslExternal = component.Flag("saslExternal"),
            Durable = component.Text("durable") is null || component.Flag("durable"),
            DeleteWhenUnused = component.Text("deletedWhenUnused") is null || component.Flag("deletedWhenUnused"),
            AutoAcknowledge = component.Flag("autoAck"),
            RequeueInFailure = component.Flag("requeueInFailure"),
            DeliveryMode = (int)Number(component, "deliveryMode", 0, 2),
            PrefetchCount = (ushort)Number(component, "prefetchCount", 0, byte.MaxValue),
            ReconnectWait = component.Duration(TimeSpan.FromSeconds(3), "reconnectWaitSeconds"),
            MaxLength = Number(component, "maxLen", long.MinValue, long.MaxValue),
            MaxLengthBytes = Number(component, "maxLenBytes", long.MinValue, long.MaxValue),
            ExchangeKind = OneOf(component, "exchangeKind", s_exchangeKinds),
            EnableDeadLetter = component.Flag("enableDeadLetter"),
            PublisherConfirm = component.Flag("publisherConfirm"),
            OneByOne = OneOf(component, "concurrencyMode", ["parallel", "single"]) == "single",
            TimeToLive = component.Text("ttlInSeconds") is null ? null : TimeSpan.FromSeconds(Number(component, "ttlInSeconds", 1, int.MaxValue)),
            PublishMessagePropertiesToMetadata = component.Flag("publishMessagePropertiesToMetadata"),
        };
        return options.SaslExternal && (options.Authority is null || options.ClientCertificate is null)
            ? throw new ComponentException(component, "saslExternal", "needs caCert, clientCert and clientKey too")
            : options;
    }

    private static Uri Server(Component component)
    {
        var protocol = component.Text("protocol");
        if (protocol is not (null or "amqp" or "amqps"))
            throw new ComponentException(component, "protocol", $"is '{protocol}', but must be amqp or amqps");
        if (component.Text("connectionString", "host") is { } text)
        {
            var key = component.Text("connectionString") is null ? "host" : "connectionString";
            if (!Uri.TryCreate(text, UriKind.Absolute, out var server) || server.Scheme is not ("amqp" or "amqps") || server.Host.Length == 0)
                throw new ComponentException(component, key, "is no address of a RabbitMQ; write amqp://user:password@host:port or amqps://...");
            return protocol is null || protocol == server.Scheme
                ? server
                : throw new ComponentException(component, "protocol", $"is '{protocol}', but the {key} says '{server.Scheme}'");
        }

        var user = component.Text("username") is { } name
            ? Uri.EscapeDataString(name) + (component.Text("password") is { } password ? ":" + Uri.EscapeDataString(password) : "") + "@"
            : "";
        var host = component.Text("hostname") ?? "localhost";
        return Uri.TryCreate($"{protocol ?? "amqp"}://{user}{host}", UriKind.Absolute, out var made)
            ? made
            : throw new ComponentException(component, "hostname", $"is '{host}', which is no host name");
    }

    private static X509Certificate2? Certificate(Component component, string name, string? keyName)
    {
        if (component.Text(name) is not { } pem)
        {
            return keyName is null || component.Text(keyName) is null
                ? null
                : throw new ComponentException(component, keyName, $"is set, but {name} is not");
        }

        try
        {
            if (keyName is null)
                return X509Certificate2.CreateFromPem(pem);
            return component.Text(keyName) is { } key
                ? X509Certificate2.CreateFromPem(pem, key)
                : throw new ComponentException(component, name, $"is set, but {keyName} is not");
        }
        catch (CryptographicException problem)
        {
            throw new ComponentException(component, name, $"is no certificate{(keyName is null ? "" : " that goes with " + keyName)} in PEM form: {problem.Message}", problem);
        }
    }

    private static long Number(Component component, string name, long least, long most)
    {
        if (component.Text(name) is not { } text)
            return 0;
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new ComponentException(component, name, $"is '{text}', but must be a whole number{(most == long.MaxValue ? "" : $" from {least} to {most}")}");
    }

    private static string OneOf(Component component, string name, string[] values)
    {
        var text = component.Text(name) ?? values[0];
        return values.Contains(text) ? text : throw new ComponentException(component, name, $"is '{text}', but must be one of {string.Join(", ", values)}");
    }
}
