using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace Dapr.AspNetCore;

/// <summary>Binds parameters marked with <c>[FromState]</c>, to a value or to a <see cref="StateEntry{TValue}"/>.</summary>
internal sealed class StateEntryModelBinderProvider : IModelBinderProvider
{
    public IModelBinder? GetBinder(ModelBinderProviderContext context)
    {
        if (context.BindingInfo.BindingSource is not FromStateBindingSource source)
            return null;

        var type = IsStateEntry(context.Metadata.ModelType, out var valueType)
            ? typeof(StateEntryModelBinder<>).MakeGenericType(valueType)
            : typeof(StateValueModelBinder<>).MakeGenericType(context.Metadata.ModelType);
        return (IModelBinder)Activator.CreateInstance(type, source)!;
    }

    internal static bool IsStateEntry(Type type, [NotNullWhen(true)] out Type? valueType)
    {
        valueType = type.IsGenericType && type.GetGenericTypeDefinition() == typeof(StateEntry<>) ? type.GenericTypeArguments[0] : null;
        return valueType is not null;
    }
}
