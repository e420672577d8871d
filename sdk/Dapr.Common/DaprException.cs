using System.Runtime.Serialization;

namespace Dapr;

/// <summary>
/// A call to the sidecar failed, or its answer could not be read. The inner exception tells what the transport saw;
/// <see cref="Common.Exceptions.DaprExceptionExtensions.TryGetExtendedErrorInfo"/> reads the structured details.
/// </summary>
[Serializable]
public class DaprException : Exception
{
    /// <summary>A failure without a cause from below.</summary>
    public DaprException(string message)
        : base(message)
    {
    }

    /// <summary>A failure caused by <paramref name="innerException"/>.</summary>
    public DaprException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Deserialisation constructor of the legacy formatter.</summary>
    [Obsolete(DiagnosticId = "SYSLIB0051")]
    protected DaprException(SerializationInfo info, StreamingContext context)
        : base(info, context)
    {
    }
}
