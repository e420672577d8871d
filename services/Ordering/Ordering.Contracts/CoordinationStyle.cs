using System.Text.Json.Serialization;

namespace Ordering.Contracts;

/// <summary>Who drives an order from step to step.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CoordinationStyle>))]
public enum CoordinationStyle
{
    /// <summary>A workflow calls one service after the other.</summary>
    [JsonStringEnumMemberName("orchestrated")]
    Orchestrated,

    /// <summary>Nobody drives: services react to what others published.</summary>
    [JsonStringEnumMemberName("choreographed")]
    Choreographed,
}
