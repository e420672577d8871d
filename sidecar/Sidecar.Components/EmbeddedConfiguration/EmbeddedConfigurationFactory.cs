using Microsoft.Extensions.Logging;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;

namespace Sidecar.Components.EmbeddedConfiguration;

/// <summary>
/// Makes <c>configuration.embedded</c>: a JSON file that people edit while the apps run, for a run without a server. Real Dapr has no such component. Metadata: <c>path</c> (the file, relative to the
/// app's directory) and <c>pollInterval</c> (500ms: how often the file is read for those who subscribe).
/// </summary>
public sealed class EmbeddedConfigurationFactory : IComponentFactory
{
    private static readonly TimeSpan s_pollInterval = TimeSpan.FromMilliseconds(500);

    /// <inheritdoc/>
    public string Type => "configuration.embedded";

    /// <inheritdoc/>
    public async Task<IAsyncDisposable> CreateAsync(Component component, ComponentContext context, CancellationToken cancellationToken)
    {
        var file = new ConfigurationFile(Path.GetFullPath(component.RequiredText("path"), context.AppDirectory));
        var interval = component.Duration(s_pollInterval, "pollInterval");
        if (interval <= TimeSpan.Zero)
            throw new ComponentException(component, "pollInterval", "must be a positive duration such as 500ms");
        try
        {
            await file.ReadAsync(cancellationToken);
        }
        catch (ConfigurationFileException error)
        {
            throw new ComponentException(component, "path", $"names {error.Message}", error);
        }

        return new EmbeddedConfigurationStore(file, interval, context.Time, context.Loggers.CreateLogger("configuration.embedded"));
    }
}
