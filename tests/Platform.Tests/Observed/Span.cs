namespace Platform.Tests.Observed;

/// <summary>One span that somebody exported.</summary>
/// <param name="From">How it came.</param>
/// <param name="Service">Who made it.</param>
/// <param name="Name">Its name.</param>
/// <param name="TraceId">32 lowercase hexadecimal digits.</param>
/// <param name="Id">16 lowercase hexadecimal digits.</param>
/// <param name="ParentId">The span it is part of, in the same process or another; empty for the first of a trace.</param>
public sealed record Span(Exporter From, string Service, string Name, string TraceId, string Id, string ParentId);

/// <summary>How a span came.</summary>
public enum Exporter
{
    /// <summary>OTLP, from a service.</summary>
    Otlp,

    /// <summary>Zipkin v2 JSON, from a sidecar.</summary>
    Zipkin,
}
