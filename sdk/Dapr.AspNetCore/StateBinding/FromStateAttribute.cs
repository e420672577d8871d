using Dapr.AspNetCore;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace Microsoft.AspNetCore.Mvc;

/// <summary>
/// Fills an action's parameter from a state store. The key is the route value of the same name as the parameter, or of the name given.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter, AllowMultiple = false, Inherited = true)]
public class FromStateAttribute : Attribute, IBindingSourceMetadata
{
    /// <summary>Reads the store under the route value named like the parameter.</summary>
    public FromStateAttribute(string storeName)
    {
        if (string.IsNullOrEmpty(storeName))
            throw new ArgumentException("The value cannot be null or empty.", nameof(storeName));

        StoreName = storeName;
        Key = null!;
        BindingSource = new FromStateBindingSource(StoreName, null);
    }

    /// <summary>Reads the store under the route value named <paramref name="key"/>.</summary>
    public FromStateAttribute(string storeName, string key)
    {
        StoreName = storeName;
        Key = key;
        BindingSource = new FromStateBindingSource(StoreName, key);
    }

    /// <summary>Name of the state store.</summary>
    public string StoreName { get; }

    /// <summary>Name of the route value that holds the key; null means the name of the parameter.</summary>
    public string Key { get; }

    /// <inheritdoc/>
    public BindingSource BindingSource { get; }
}
