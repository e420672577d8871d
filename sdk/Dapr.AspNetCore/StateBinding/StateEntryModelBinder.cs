using Dapr.Client;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.ModelBinding.Validation;
using Microsoft.Extensions.DependencyInjection;

namespace Dapr.AspNetCore;

/// <summary>Reads the state under the key found in the route.</summary>
internal abstract class StateModelBinder(FromStateBindingSource source) : IModelBinder
{
    public async Task BindModelAsync(ModelBindingContext bindingContext)
    {
        var name = source.Key ?? bindingContext.FieldName;
        var request = bindingContext.HttpContext.Request;
        if (request.RouteValues.TryGetValue(name, out var route) is false || route?.ToString() is not { Length: > 0 } key)
        {
            bindingContext.Result = ModelBindingResult.Failed();
            bindingContext.ModelState.TryAddModelError(bindingContext.ModelName, $"Required value {name} not present.");
            return;
        }

        var client = bindingContext.HttpContext.RequestServices.GetRequiredService<DaprClient>();
        if (await ReadAsync(client, source.StoreName, key) is not { } model)
        {
            bindingContext.Result = ModelBindingResult.Failed();
            return;
        }

        bindingContext.Result = ModelBindingResult.Success(model);

        // The application wrote it, so it is not validated as input.
        bindingContext.ValidationState.Add(model, new ValidationStateEntry { SuppressValidation = true });
    }

    protected abstract Task<object?> ReadAsync(DaprClient client, string storeName, string key);
}

/// <summary>Binds to an entry; an absent key gives an entry with the default value.</summary>
internal sealed class StateEntryModelBinder<TValue>(FromStateBindingSource source) : StateModelBinder(source)
{
    protected override async Task<object?> ReadAsync(DaprClient client, string storeName, string key) =>
        await client.GetStateEntryAsync<TValue>(storeName, key);
}

/// <summary>Binds to the value; an absent key binds nothing.</summary>
internal sealed class StateValueModelBinder<TValue>(FromStateBindingSource source) : StateModelBinder(source)
{
    protected override async Task<object?> ReadAsync(DaprClient client, string storeName, string key) =>
        await client.GetStateAsync<TValue>(storeName, key);
}
