namespace Dapr;

/// <summary>The error JSON of Dapr's HTTP API.</summary>
public class DaprError
{
    /// <summary>The error code, such as <c>ERR_DIRECT_INVOKE</c>.</summary>
    public string ErrorCode { get; set; } = null!;

    /// <summary>What happened.</summary>
    public string Message { get; set; } = null!;
}
