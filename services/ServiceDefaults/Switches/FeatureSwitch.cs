using System.Globalization;
using System.Runtime.CompilerServices;

namespace ServiceDefaults.Switches;

/// <summary>A value that an operator changes while the service runs: a key of the Dapr configuration store <see cref="SwitchFollower.Store"/>.</summary>
/// <param name="key">Its key there.</param>
/// <param name="meaning">What it does, in a sentence.</param>
public abstract class FeatureSwitch(string key, string meaning)
{
    public string Key { get; } = key;

    public string Meaning { get; } = meaning;

    /// <summary>The value as it would be written into the store.</summary>
    public abstract string Text { get; }

    /// <summary>Takes a value from the store; without one the switch is as it normally is. False, and nothing changes, for a text that is no such value.</summary>
    internal abstract bool TrySet(string? text);
}

/// <summary>A switch of one type.</summary>
/// <param name="key">Its key in the store.</param>
/// <param name="meaning">What it does, in a sentence.</param>
/// <param name="normally">The value where the store has none.</param>
public sealed class FeatureSwitch<T>(string key, string meaning, T normally) : FeatureSwitch(key, meaning)
    where T : IParsable<T>
{
    private volatile StrongBox<T> _value = new(normally);

    /// <summary>The value now. Read it once for one decision: it may change between two readings.</summary>
    public T Value => _value.Value!;

    public override string Text => Value is bool flag ? (flag ? "true" : "false") : string.Format(CultureInfo.InvariantCulture, "{0}", Value);

    internal override bool TrySet(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            _value = new StrongBox<T>(normally);
            return true;
        }

        if (!T.TryParse(text, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        _value = new StrongBox<T>(value);
        return true;
    }
}
