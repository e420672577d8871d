using System.Text.Json.Serialization;

namespace Sidecar.Components.Nats;

/// <summary>What a server says of itself.</summary>
internal sealed record NatsServerInfo
{
    [JsonPropertyName("server_name")]
    public string ServerName { get; init; } = "";

    [JsonPropertyName("max_payload")]
    public long MaxPayload { get; init; } = 1 << 20;

    [JsonPropertyName("headers")]
    public bool Headers { get; init; }

    [JsonPropertyName("tls_required")]
    public bool TlsRequired { get; init; }

    [JsonPropertyName("tls_available")]
    public bool TlsAvailable { get; init; }

    /// <summary>Lame-duck mode: the server is about to close.</summary>
    [JsonPropertyName("ldm")]
    public bool IsLeaving { get; init; }

    /// <summary>Other servers of the cluster, as host and port.</summary>
    [JsonPropertyName("connect_urls")]
    public IReadOnlyList<string>? ConnectUrls { get; init; }
}

/// <summary>What we say of ourselves.</summary>
internal sealed record NatsConnect
{
    [JsonPropertyName("verbose")]
    public bool Verbose { get; init; }

    [JsonPropertyName("pedantic")]
    public bool Pedantic { get; init; }

    [JsonPropertyName("tls_required")]
    public bool TlsRequired { get; init; }

    [JsonPropertyName("user")]
    public string? User { get; init; }

    [JsonPropertyName("pass")]
    public string? Password { get; init; }

    [JsonPropertyName("auth_token")]
    public string? Token { get; init; }

    [JsonPropertyName("name")]
    public string Name { get; init; } = "";

    [JsonPropertyName("lang")]
    public string Language { get; init; } = "csharp";

    [JsonPropertyName("version")]
    public string Version { get; init; } = "1.0.0";

    /// <summary>1: we understand INFO at any time.</summary>
    [JsonPropertyName("protocol")]
    public int Protocol { get; init; } = 1;

    [JsonPropertyName("echo")]
    public bool Echo { get; init; } = true;

    [JsonPropertyName("headers")]
    public bool Headers { get; init; } = true;

    /// <summary>A request nobody listens to is answered at once.</summary>
    [JsonPropertyName("no_responders")]
    public bool NoResponders { get; init; } = true;
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NatsServerInfo))]
[JsonSerializable(typeof(NatsConnect))]
internal sealed partial class NatsJson : JsonSerializerContext;
