namespace Sidecar.Runtime.Resources;

/// <summary>A YAML file, or one key of it, that cannot be used. The message names file, line and key and says what would be right.</summary>
public sealed class ResourceException : Exception
{
    /// <summary>Makes the error for one key.</summary>
    /// <param name="location">File and line.</param>
    /// <param name="key">Path of the key, such as <c>spec.metadata[0].value</c>; empty when the file as a whole is wrong.</param>
    /// <param name="problem">What is wrong and what would be right.</param>
    /// <param name="inner">What led to it.</param>
    public ResourceException(SourceLocation location, string key, string problem, Exception? inner = null)
        : base(key.Length == 0 ? $"{location}: {problem}" : $"{location}: {key}: {problem}", inner)
    {
        Location = location;
        Key = key;
    }

    /// <summary>File and line.</summary>
    public SourceLocation Location { get; }

    /// <summary>Path of the key, or empty.</summary>
    public string Key { get; }
}
