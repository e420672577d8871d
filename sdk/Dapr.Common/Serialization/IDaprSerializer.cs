namespace Dapr.Common.Serialization;

/// <summary>Turns payloads into text and back.</summary>
public interface IDaprSerializer
{
    /// <summary>The text of <paramref name="value"/>.</summary>
    string Serialize<T>(T value);

    /// <summary>The text of <paramref name="value"/>, seen as <paramref name="inputType"/> when that is given.</summary>
    string Serialize(object? value, Type? inputType = null);

    /// <summary>Reads a <typeparamref name="T"/>; the default value when there is no text.</summary>
    T? Deserialize<T>(string? data);

    /// <summary>Reads a value of <paramref name="returnType"/>; null or the default value when there is no text.</summary>
    object? Deserialize(string? data, Type returnType);
}
