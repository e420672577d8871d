using System.Runtime.Serialization;

namespace Dapr;

/// <summary>The sidecar answered with an error of its API.</summary>
[Serializable]
public class DaprApiException : DaprException
{
    /// <summary>A failure without particulars.</summary>
    public DaprApiException()
        : this(errorCode: null!, false)
    {
    }

    /// <summary>A failure described by <paramref name="message"/>.</summary>
    public DaprApiException(string message)
        : this(message, errorCode: null!, false)
    {
    }

    /// <summary>A failure caused by <paramref name="innerException"/>.</summary>
    public DaprApiException(string message, Exception innerException)
        : this(message, innerException, null!, false)
    {
    }

    /// <summary>A failure with the error code of the API.</summary>
    public DaprApiException(string errorCode, bool isTransient)
        : this(string.Empty, errorCode, isTransient)
    {
    }

    /// <summary>A failure with a message and the error code of the API.</summary>
    public DaprApiException(string message, string errorCode, bool isTransient)
        : this(message, null!, errorCode, isTransient)
    {
    }

    /// <summary>A failure with everything known about it.</summary>
    public DaprApiException(string message, Exception inner, string errorCode, bool isTransient)
        : base(message, inner)
    {
        ErrorCode = errorCode ?? "UNKNOWN";
        IsTransient = isTransient;
    }

    /// <summary>Deserialisation constructor of the legacy formatter.</summary>
    [Obsolete(DiagnosticId = "SYSLIB0051")]
    protected DaprApiException(SerializationInfo info, StreamingContext context)
        : base(info, context)
    {
        ErrorCode = info.GetString(nameof(ErrorCode)) ?? "UNKNOWN";
        IsTransient = info.GetBoolean(nameof(IsTransient));
    }

    /// <summary>The error code of the API, such as <c>ERR_STATE_STORE_NOT_FOUND</c>; <c>UNKNOWN</c> when it gave none.</summary>
    public string ErrorCode { get; }

    /// <summary>Whether the same call may succeed later.</summary>
    public bool IsTransient { get; }

    /// <inheritdoc/>
    [Obsolete(DiagnosticId = "SYSLIB0051")]
    public override void GetObjectData(SerializationInfo info, StreamingContext context)
    {
        ArgumentNullException.ThrowIfNull(info);
        base.GetObjectData(info, context);
        info.AddValue(nameof(ErrorCode), ErrorCode);
        info.AddValue(nameof(IsTransient), IsTransient);
    }
}
