using System.Text.Json;

namespace Dapr.Actors.Client;

/// <summary>How a proxy reaches its actor.</summary>
public class ActorProxyOptions
{
    private JsonSerializerOptions json = new(JsonSerializerDefaults.Web);

    /// <summary>The sidecar of the environment, DataContract messages.</summary>
    public ActorProxyOptions()
    {
    }

    /// <summary>How arguments and results are written where they are JSON.</summary>
    public JsonSerializerOptions JsonSerializerOptions
    {
        get => json;
        set => json = value ?? throw new ArgumentNullException(nameof(JsonSerializerOptions), "ActorProxyOptions.JsonSerializerOptions cannot be null");
    }

    /// <summary>The token that the sidecar asks for; empty for none.</summary>
    public string DaprApiToken { get; set; } = DaprDefaults.GetDefaultDaprApiToken(null);

    /// <summary>HTTP address of the sidecar.</summary>
    public string HttpEndpoint { get; set; } = DaprDefaults.GetDefaultHttpEndpoint();

    /// <summary>How long a call may take; 100 seconds unless said.</summary>
    public TimeSpan? RequestTimeout { get; set; }

    /// <summary>Whether typed proxies send JSON instead of DataContract messages. The actor's host must be told the same.</summary>
    public bool UseJsonSerialization { get; set; }
}
