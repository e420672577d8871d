using System.Text.Json;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;

namespace Sidecar.Components.LocalFileSecrets;

/// <summary>Makes <c>secretstores.local.file</c> components: secrets from a JSON file, read once.</summary>
public sealed class LocalFileSecretsFactory : IComponentFactory
{
    /// <inheritdoc/>
    public string Type => "secretstores.local.file";

    /// <inheritdoc/>
    public async Task<IAsyncDisposable> CreateAsync(Component component, ComponentContext context, CancellationToken cancellationToken)
    {
        var path = Path.GetFullPath(component.RequiredText("secretsFile"), context.AppDirectory);
        var separator = component.Text("nestedSeparator") ?? ":";
        try
        {
            using var json = JsonDocument.Parse(await File.ReadAllBytesAsync(path, cancellationToken));
            if (json.RootElement.ValueKind != JsonValueKind.Object)
                throw new ComponentException(component, "secretsFile", $"names '{path}', whose top level is not a JSON object");
            return new LocalFileSecretStore(component.Flag("multiValued")
                ? SecretsFile.ReadMultiValued(json.RootElement, separator)
                : SecretsFile.ReadFlat(json.RootElement, separator));
        }
        catch (JsonException error)
        {
            throw new ComponentException(
                component, "secretsFile", $"names '{path}', which is no valid JSON (line {error.LineNumber + 1}, column {error.BytePositionInLine + 1})", error);
        }
        catch (DuplicateSecretException error)
        {
            throw new ComponentException(component, "secretsFile", $"names '{path}', where {error.Message}", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ComponentException(component, "secretsFile", $"names '{path}', which cannot be read: {error.Message}", error);
        }
    }
}
