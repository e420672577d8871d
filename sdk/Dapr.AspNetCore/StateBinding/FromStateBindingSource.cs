using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace Dapr.AspNetCore;

/// <summary>Marks a value that comes from a state store, not from the request.</summary>
internal sealed class FromStateBindingSource(string storeName, string? key)
    : BindingSource("state", "Dapr state store", isGreedy: true, isFromRequest: false)
{
    public string StoreName { get; } = storeName;

    public string? Key { get; } = key;
}
