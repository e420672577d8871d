namespace Sidecar.Components.HttpBinding;

/// <summary>Metadata of a <c>bindings.http</c> component; names and defaults are Dapr's.</summary>
internal sealed record HttpBindingSettings
{
    /// <summary><c>url</c>; the request's <c>path</c> is put behind it.</summary>
    public required string Url { get; init; }

    /// <summary><c>responseTimeout</c>; null for none.</summary>
    public TimeSpan? ResponseTimeout { get; init; }

    /// <summary><c>maxResponseBodySize</c>: more of an answer is not read; zero or less for no limit.</summary>
    public long MostBytes { get; init; }

    /// <summary><c>errorIfNot2XX</c>; a request may say otherwise.</summary>
    public bool ErrorIfNot2xx { get; init; }

    /// <summary><c>securityToken</c></summary>
    public string? SecurityToken { get; init; }

    /// <summary><c>securityTokenHeader</c></summary>
    public string? SecurityTokenHeader { get; init; }
}
