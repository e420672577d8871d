using Microsoft.AspNetCore.Mvc.ApplicationModels;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace Dapr.AspNetCore;

/// <summary>
/// Refuses actions that take a <see cref="StateEntry{TValue}"/> without <c>[FromState]</c> at start, where the mistake is easiest to see.
/// </summary>
internal sealed class StateEntryApplicationModelProvider : IApplicationModelProvider
{
    // After MVC's own provider (-1000), so that the parameters are known.
    public int Order => 0;

    public void OnProvidersExecuting(ApplicationModelProviderContext context)
    {
    }

    public void OnProvidersExecuted(ApplicationModelProviderContext context)
    {
        foreach (var controller in context.Result.Controllers)
        {
            foreach (var property in controller.ControllerProperties)
                Check(property.ParameterType, property.BindingInfo, $"Property '{property.PropertyName}' of {controller.DisplayName}");

            foreach (var parameter in controller.Actions.SelectMany(action => action.Parameters))
                Check(parameter.ParameterType, parameter.BindingInfo, $"Parameter '{parameter.ParameterName}' of {parameter.Action.DisplayName}");
        }
    }

    // Without any binding information there is nothing to bind, and nothing to complain of.
    private static void Check(Type type, BindingInfo? binding, string place)
    {
        if (binding is not null && binding.BindingSource?.Id != "state" && StateEntryModelBinderProvider.IsStateEntry(type, out _))
            throw new InvalidOperationException($"{place} is a StateEntry: mark it with [FromState(\"store\")].");
    }
}
