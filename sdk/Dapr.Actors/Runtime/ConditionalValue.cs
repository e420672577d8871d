namespace Dapr.Actors.Runtime;

/// <summary>A value that may not be there.</summary>
/// <typeparam name="TValue">Type of the value.</typeparam>
public struct ConditionalValue<TValue>
{
    /// <summary>The value, and whether it is there.</summary>
    public ConditionalValue(bool hasValue, TValue value)
    {
        HasValue = hasValue;
        Value = value;
    }

    /// <summary>Whether it is there.</summary>
    public bool HasValue { get; }

    /// <summary>The value; the default of its type when it is not there.</summary>
    public TValue Value { get; }
}
