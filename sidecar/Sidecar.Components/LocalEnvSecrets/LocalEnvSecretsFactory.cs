using Microsoft.Extensions.Logging;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;

namespace Sidecar.Components.LocalEnvSecrets;

/// <summary>Makes <c>secretstores.local.env</c> components: secrets from the host's environment variables.</summary>
public sealed class LocalEnvSecretsFactory : IComponentFactory
{
    /// <inheritdoc/>
    public string Type => "secretstores.local.env";

    /// <inheritdoc/>
    public Task<IAsyncDisposable> CreateAsync(Component component, ComponentContext context, CancellationToken cancellationToken) =>
        Task.FromResult<IAsyncDisposable>(
            new LocalEnvSecretStore(component.Name, component.Text("prefix") ?? "", context.Loggers.CreateLogger<LocalEnvSecretStore>()));
}
