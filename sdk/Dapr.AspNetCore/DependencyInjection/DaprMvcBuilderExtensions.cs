#nullable disable // the official type is not annotated

using Dapr.AspNetCore;
using Dapr.Client;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApplicationModels;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Dapr to MVC.</summary>
public static class DaprMvcBuilderExtensions
{
    /// <summary>Registers a <see cref="DaprClient"/> and the binding of <see cref="FromStateAttribute"/> and <see cref="Dapr.StateEntry{TValue}"/> parameters.</summary>
    public static IMvcBuilder AddDapr(this IMvcBuilder builder, Action<DaprClientBuilder> configureClient = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddDaprClient(configureClient);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IApplicationModelProvider, StateEntryApplicationModelProvider>());
        builder.Services.Configure<MvcOptions>(options =>
        {
            if (!options.ModelBinderProviders.Any(provider => provider is StateEntryModelBinderProvider))
                options.ModelBinderProviders.Insert(0, new StateEntryModelBinderProvider());
        });
        return builder;
    }
}
