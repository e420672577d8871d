#nullable enable
using System.Globalization;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Serialization;

namespace Dapr.Actors.Builder;

/// <summary>
/// Types for the objects that travel. Their names are the wire's (<c>{method}ReqBody</c> with the arguments' names, <c>{method}RespBody</c> with
/// <c>retVal</c>), so they must be made from the interface at run time.
/// </summary>
internal static class BodyTypes
{
    public const string Result = "retVal";

    private static int count;

    public static (Type? Request, Type? Response) Emit(MethodInfo method, ParameterInfo[] arguments, Type? resultType)
    {
        var request = arguments.Length == 0 ? null : Emit(method.Name + "ReqBody", arguments.Select(argument => (argument.Name!, argument.ParameterType)));
        var response = resultType is null ? null : Emit(method.Name + "RespBody", [(Result, resultType)]);
        return (request, response);
    }

    private static Type Emit(string name, IEnumerable<(string Name, Type Type)> fields)
    {
        // A number keeps two interfaces' types apart; it does not show on the wire.
        var type = EmittedAssembly.DefineType(string.Create(CultureInfo.InvariantCulture, $"Dapr.Actors.Bodies{Interlocked.Increment(ref count)}.{name}"), typeof(object));
        type.SetCustomAttribute(Attribute<DataContractAttribute>((nameof(DataContractAttribute.Name), name), (nameof(DataContractAttribute.Namespace), Wire.Namespace)));
        foreach (var (fieldName, fieldType) in fields)
            type.DefineField(fieldName, fieldType, FieldAttributes.Public).SetCustomAttribute(Attribute<DataMemberAttribute>());

        return type.CreateType();
    }

    private static CustomAttributeBuilder Attribute<T>(params (string Name, object Value)[] properties) => new(
        typeof(T).GetConstructor(Type.EmptyTypes)!,
        [],
        [.. properties.Select(property => typeof(T).GetProperty(property.Name)!)],
        [.. properties.Select(property => property.Value)]);
}
