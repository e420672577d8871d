using System.Text.Json;

namespace Dapr.Common.Serialization;

/// <summary>JSON by System.Text.Json: web defaults and fields included, unless other options are given.</summary>
public class JsonDaprSerializer : IDaprSerializer
{
    private static readonly JsonSerializerOptions Defaults = new(JsonSerializerDefaults.Web) { IncludeFields = true };

    private readonly JsonSerializerOptions options;

    /// <summary>Web defaults, fields included.</summary>
    public JsonDaprSerializer()
        : this(Defaults)
    {
    }

    /// <summary>The given options.</summary>
    public JsonDaprSerializer(JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options;
    }

    /// <inheritdoc/>
    public string Serialize<T>(T value) => value is null ? string.Empty : JsonSerializer.Serialize(value, options);

    /// <inheritdoc/>
    public string Serialize(object? value, Type? inputType = null) =>
        value is null ? string.Empty : JsonSerializer.Serialize(value, inputType ?? value.GetType(), options);

    /// <inheritdoc/>
    public T? Deserialize<T>(string? data) => string.IsNullOrEmpty(data) ? default : JsonSerializer.Deserialize<T>(data, options);

    /// <summary>The UTF-8 JSON of <paramref name="value"/>.</summary>
    public byte[] SerializeToUtf8Bytes<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, options);

    /// <summary>Reads a <typeparamref name="T"/> from UTF-8 JSON; the default value when there are no bytes.</summary>
    public T? DeserializeFromUtf8Bytes<T>(ReadOnlySpan<byte> utf8Json) =>
        utf8Json.IsEmpty ? default : JsonSerializer.Deserialize<T>(utf8Json, options);

    /// <inheritdoc/>
    public object? Deserialize(string? data, Type returnType)
    {
        ArgumentNullException.ThrowIfNull(returnType);
        if (!string.IsNullOrEmpty(data))
            return JsonSerializer.Deserialize(data, returnType, options);

        return returnType.IsValueType ? Activator.CreateInstance(returnType) : null;
    }
}
