using System.Text.Json;
using Sidecar.Runtime.Configurations;

namespace Sidecar.Components.EmbeddedConfiguration;

/// <summary>A JSON object of keys and values; what stands behind the last <c>||</c> of a value is its version, as in Redis. Comments may stand in it.</summary>
internal sealed class ConfigurationFile(string path)
{
    private const string Separator = "||";
    private static readonly JsonDocumentOptions s_json = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
    private static readonly Dictionary<string, string> s_nothing = [];

    /// <summary>What the file holds now.</summary>
    /// <exception cref="ConfigurationFileException">It cannot be read, or is no JSON object.</exception>
    public async Task<Dictionary<string, ConfigurationItem>> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var document = JsonDocument.Parse(await File.ReadAllBytesAsync(path, cancellationToken), s_json);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new ConfigurationFileException($"'{path}', whose top level is not a JSON object");
            var items = new Dictionary<string, ConfigurationItem>(StringComparer.Ordinal);
            foreach (var property in document.RootElement.EnumerateObject().Where(property => property.Value.ValueKind != JsonValueKind.Null))
                items[property.Name] = Item(property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString()! : property.Value.GetRawText());
            return items;
        }
        catch (JsonException error)
        {
            throw new ConfigurationFileException($"'{path}', which is no valid JSON (line {error.LineNumber + 1}, column {error.BytePositionInLine + 1})", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationFileException($"'{path}', which cannot be read: {error.Message}", error);
        }
    }

    private static ConfigurationItem Item(string text)
    {
        var at = text.LastIndexOf(Separator, StringComparison.Ordinal);
        return at < 0 ? new ConfigurationItem(text, "", s_nothing) : new ConfigurationItem(text[..at], text[(at + Separator.Length)..], s_nothing);
    }
}

/// <summary>The file is not there or is damaged; the message begins with its name.</summary>
internal sealed class ConfigurationFileException(string message, Exception? inner = null) : Exception(message, inner);
