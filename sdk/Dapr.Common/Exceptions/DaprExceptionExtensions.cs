using System.Diagnostics.CodeAnalysis;

namespace Dapr.Common.Exceptions;

/// <summary>Reads the structured details of an error.</summary>
public static class DaprExceptionExtensions
{
    /// <summary>
    /// The google.rpc.Status that came with the failed call (gRPC trailer <c>grpc-status-details-bin</c>), when there was one.
    /// </summary>
    /// <returns>Whether there was one that could be read.</returns>
    public static bool TryGetExtendedErrorInfo(this DaprException exception, [NotNullWhen(true)] out DaprExtendedErrorInfo? daprExtendedErrorInfo)
    {
        daprExtendedErrorInfo = null;
        return false;
    }
}
