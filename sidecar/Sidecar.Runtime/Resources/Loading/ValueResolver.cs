using System.Text;

namespace Sidecar.Runtime.Resources.Loading;

/// <summary>Turns references into values: secrets, environment variables and placeholders.</summary>
internal sealed class ValueResolver(ResourceLoadRequest request, ISecretResolver secrets)
{
    /// <summary>Resolves a value of a resource that reads its secrets from <paramref name="secretStore"/>.</summary>
    public async ValueTask<string> ResolveAsync(NamedValue value, string secretStore, IReadOnlySet<string> knownStores, CancellationToken cancellationToken) =>
        value.Source switch
        {
            ValueSource.Secret secret => await SecretAsync(value, secret, secretStore, knownStores, cancellationToken),
            ValueSource.EnvironmentVariable variable => Variable(value, variable.Name),
            ValueSource.Literal literal => literal.Text,
            _ => throw new InvalidOperationException($"unknown source {value.Source}"),
        };

    /// <summary>Replaces <c>{uuid}</c>, <c>{podName}</c>, <c>{namespace}</c> and <c>{appID}</c>.</summary>
    public string ReplacePlaceholders(string text, NamedValue value)
    {
        if (!text.Contains('{', StringComparison.Ordinal))
            return text;
        while (text.IndexOf("{uuid}", StringComparison.Ordinal) is >= 0 and var at)
        {
            // Each occurrence gets an id of its own.
            text = new StringBuilder(text).Remove(at, "{uuid}".Length).Insert(at, Guid.NewGuid().ToString()).ToString();
        }

        if (text.Contains("{podName}", StringComparison.Ordinal))
        {
            var pod = request.Environment("POD_NAME");
            if (string.IsNullOrEmpty(pod))
                throw new ResourceException(value.Location, value.Path, "uses {podName}, but the environment variable POD_NAME is not set");
            text = text.Replace("{podName}", pod, StringComparison.Ordinal);
        }

        return text.Replace("{namespace}", $"{request.Namespace}.{request.AppId}", StringComparison.Ordinal)
            .Replace("{appID}", request.AppId, StringComparison.Ordinal);
    }

    private string Variable(NamedValue value, string name)
    {
        if (name.StartsWith("DAPR_", StringComparison.OrdinalIgnoreCase) || name.Equals("APP_API_TOKEN", StringComparison.OrdinalIgnoreCase))
            throw new ResourceException(value.Location, value.Path, $"'{name}' must not be read by envRef: DAPR_* and APP_API_TOKEN are kept from components");
        return request.Environment(name)
            ?? throw new ResourceException(value.Location, value.Path, $"the environment variable '{name}' is not set; set it before the start");
    }

    private async ValueTask<string> SecretAsync(
        NamedValue value, ValueSource.Secret secret, string store, IReadOnlySet<string> knownStores, CancellationToken cancellationToken)
    {
        if (store.Length == 0)
            throw new ResourceException(value.Location, value.Path, "refers to a secret, but the resource names no store: add 'auth.secretStore'");
        if (!knownStores.Contains(store))
        {
            throw new ResourceException(value.Location, value.Path,
                $"secret store '{store}' is not loaded for app '{request.AppId}'{Spelling.Hint(store, knownStores)}; declare it or add the app to its scopes");
        }

        var found = await secrets.GetAsync(store, secret.Name, cancellationToken)
            ?? throw new ResourceException(value.Location, value.Path, $"secret '{secret.Name}' is not in secret store '{store}'");
        return found.TryGetValue(secret.Key, out var text)
            ? text
            : throw new ResourceException(value.Location, value.Path,
                $"secret '{secret.Name}' in secret store '{store}' has no key '{secret.Key}'{Spelling.Hint(secret.Key, found.Keys)}");
    }
}
