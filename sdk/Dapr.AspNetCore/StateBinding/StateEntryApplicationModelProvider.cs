using Microsoft.AspNetCore.Mvc.ApplicationModels;

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
        var parameters = context.Result.Controllers.SelectMany(controller => controller.Actions).SelectMany(action => action.Parameters);
        foreach (var parameter in parameters)
        {
            var isEntry = StateEntryModelBinderProvider.IsStateEntry(parameter.ParameterInfo.ParameterType, out _);
            if (isEntry && parameter.BindingInfo?.BindingSource is not FromStateBindingSource)
                throw new InvalidOperationException(
                    $"Parameter '{parameter.ParameterName}' of {parameter.Action.DisplayName} is a StateEntry: mark it with [FromState(\"store\")].");
        }
    }
}
