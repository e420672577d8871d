namespace Dapr.Client;

/// <summary>A call of an output binding.</summary>
public sealed class BindingRequest
{
    /// <summary>A call of <paramref name="operation"/>, which the binding defines.</summary>
    public BindingRequest(string bindingName, string operation)
    {
        ArgumentNullException.ThrowIfNull(bindingName);
        ArgumentNullException.ThrowIfNull(operation);
        BindingName = bindingName;
        Operation = operation;
    }

    /// <summary>Name of the binding.</summary>
    public string BindingName { get; }

    /// <summary>The operation, such as <c>create</c>.</summary>
    public string Operation { get; }

    /// <summary>The payload as bytes.</summary>
    public ReadOnlyMemory<byte> Data { get; set; }

    /// <summary>Metadata for the binding.</summary>
    public Dictionary<string, string> Metadata { get; } = [];
}

/// <summary>The answer of an output binding.</summary>
public sealed class BindingResponse
{
    /// <summary>The answer to <paramref name="request"/>.</summary>
    public BindingResponse(BindingRequest request, ReadOnlyMemory<byte> data, IReadOnlyDictionary<string, string> metadata)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(metadata);
        Request = request;
        Data = data;
        Metadata = metadata;
    }

    /// <summary>What was asked.</summary>
    public BindingRequest Request { get; }

    /// <summary>The payload as bytes.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>Metadata of the answer.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }
}
