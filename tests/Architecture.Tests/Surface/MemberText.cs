using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Architecture.Tests.Surface;

/// <summary>Members as the official surface files write them, one line each.</summary>
internal static class MemberText
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static IEnumerable<string> Of(Type type)
    {
        if (type.IsEnum)
            return type.GetFields(BindingFlags.Public | BindingFlags.Static).Select(EnumValue);

        if (type.BaseType == typeof(MulticastDelegate))
            return [];

        var fields = type.GetFields(Declared).Where(field => IsVisible(field.Attributes & FieldAttributes.FieldAccessMask)).Select(Field);
        var constructors = type.GetConstructors(Declared).Where(constructor => !constructor.IsStatic && IsVisible(constructor)).Select(Constructor);
        var properties = type.GetProperties(Declared)
            .Where(property => property.Name != "EqualityContract" && property.GetAccessors(nonPublic: true).Any(IsVisible))
            .Select(Property);
        var methods = type.GetMethods(Declared).Where(method => IsVisible(method) && IsWritten(method)).Select(Method);
        return [.. fields, .. constructors, .. properties, .. methods];
    }

    public static string Delegate(Type type)
    {
        var invoke = type.GetMethod("Invoke")!;
        return $"delegate {TypeText.Of(invoke.ReturnType, NullableAnnotations.Of(invoke.ReturnParameter.CustomAttributes, invoke))} {TypeText.Plain(type)}({Parameters(invoke)})";
    }

    private static bool IsWritten(MethodInfo method) =>
        !method.IsDefined(typeof(CompilerGeneratedAttribute))
        && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal))
        && method.Name != "<Clone>$";

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsVisible(FieldAttributes access) =>
        access is FieldAttributes.Public or FieldAttributes.Family or FieldAttributes.FamORAssem;

    private static string EnumValue(FieldInfo field) => string.Create(
        CultureInfo.InvariantCulture, $"{AttributeText.Of(field)}{field.Name} = {Convert.ToInt64(field.GetRawConstantValue(), CultureInfo.InvariantCulture)}");

    private static string Field(FieldInfo field)
    {
        var access = field.IsPublic ? "public" : field.IsFamily ? "protected" : "protected internal";
        var kind = field.IsLiteral ? " const" : field.IsStatic ? " static" : string.Empty;
        var readOnly = field.IsInitOnly ? " readonly" : string.Empty;
        var value = field.IsLiteral ? $" = {Literal(field.GetRawConstantValue(), field.FieldType)}" : string.Empty;
        return $"{AttributeText.Of(field)}{access}{kind}{readOnly} {TypeText.Of(field.FieldType, NullableAnnotations.Of(field.CustomAttributes, field))} {field.Name}{value}";
    }

    private static string Constructor(ConstructorInfo constructor) =>
        $"{AttributeText.Of(constructor)}{Access(constructor)} .ctor({Parameters(constructor)})";

    private static string Property(PropertyInfo property)
    {
        var accessors = property.GetAccessors(nonPublic: true);
        var widest = accessors.OrderBy(accessor => accessor.IsPublic ? 0 : accessor.IsFamilyOrAssembly ? 1 : accessor.IsFamily ? 2 : 3).First();
        var type = TypeText.Of(property.PropertyType, NullableAnnotations.Of(property.CustomAttributes, property));
        var parts = new[] { Accessor(property.GetMethod, widest), Accessor(property.SetMethod, widest) }.Where(part => part.Length > 0);
        var index = property.GetIndexParameters() is { Length: > 0 } parameters ? $"this[{string.Join(", ", parameters.Select(Parameter))}]" : property.Name;
        return $"{AttributeText.Of(property)}{Modifiers(widest)}{type} {index} {{ {string.Join(' ', parts)} }}";
    }

    private static string Accessor(MethodInfo? accessor, MethodInfo widest)
    {
        if (accessor is null)
            return string.Empty;

        var access = Access(accessor) == Access(widest) ? string.Empty : Access(accessor) + " ";
        var isInit = accessor.ReturnParameter.GetRequiredCustomModifiers().Any(modifier => modifier.Name == "IsExternalInit");
        return access + (accessor.ReturnType != typeof(void) ? "get;" : isInit ? "init;" : "set;");
    }

    private static string Method(MethodInfo method)
    {
        var returned = TypeText.Of(method.ReturnType, NullableAnnotations.Of(method.ReturnParameter.CustomAttributes, method));
        var generic = method.IsGenericMethodDefinition ? $"<{string.Join(", ", method.GetGenericArguments().Select(argument => argument.Name))}>" : string.Empty;
        var constraints = method.IsGenericMethodDefinition ? Constraints(method.GetGenericArguments()) : string.Empty;
        return $"{AttributeText.Of(method)}{Modifiers(method)}{returned} {method.Name}{generic}({Parameters(method)}){constraints}{TupleNames(method)}";
    }

    internal static string Constraints(IEnumerable<Type> parameters)
    {
        return string.Concat(parameters.Select(Constraint));

        static string Constraint(Type parameter)
        {
            var flags = parameter.GenericParameterAttributes;
            var isStruct = flags.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint);
            string?[] parts =
            [
                flags.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint) ? "class" : isStruct ? "struct" : null,
                .. parameter.GetGenericParameterConstraints().Where(constraint => constraint != typeof(ValueType)).Select(TypeText.Plain),
                flags.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint) && !isStruct ? "new()" : null,
            ];
            var written = parts.OfType<string>().ToList();
            return written.Count == 0 ? string.Empty : $" where {parameter.Name} : {string.Join(", ", written)}";
        }
    }

    private static string TupleNames(MethodInfo method) =>
        method.ReturnParameter.GetCustomAttribute<TupleElementNamesAttribute>() is { } names
            ? $" // tuple names: ({string.Join(", ", names.TransformNames)})"
            : string.Empty;

    private static string Modifiers(MethodInfo method)
    {
        if (method.DeclaringType!.IsInterface)
            return method.IsAbstract ? string.Empty : "virtual ";

        var overrides = method.GetBaseDefinition() != method;
        var kind = method switch
        {
            { IsStatic: true } => "static ",
            { IsAbstract: true } => overrides ? "abstract override " : "abstract ",
            { IsVirtual: true } when overrides => method.IsFinal ? "sealed override " : "override ",
            { IsVirtual: true, IsFinal: false } => "virtual ",
            _ => string.Empty,
        };
        return $"{Access(method)} {kind}";
    }

    private static string Access(MethodBase method) => method switch
    {
        { IsPublic: true } => "public",
        { IsFamily: true } => "protected",
        { IsFamilyOrAssembly: true } => "protected internal",
        { IsAssembly: true } => "internal",
        _ => "private",
    };

    private static string Parameters(MethodBase method)
    {
        var isExtension = method.IsDefined(typeof(ExtensionAttribute));
        return string.Join(", ", method.GetParameters().Select((parameter, index) => (isExtension && index == 0 ? "this " : string.Empty) + Parameter(parameter)));
    }

    private static string Parameter(ParameterInfo parameter)
    {
        var direction = !parameter.ParameterType.IsByRef ? string.Empty : parameter.IsOut ? "out " : parameter.IsIn ? "in " : "ref ";
        var array = parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : string.Empty;
        var type = TypeText.Of(parameter.ParameterType, NullableAnnotations.Of(parameter.CustomAttributes, parameter.Member));
        var value = parameter.HasDefaultValue ? $" = {Literal(parameter.RawDefaultValue, parameter.ParameterType)}" : string.Empty;
        return $"{AttributeText.Of(parameter)}{direction}{array}{type} {parameter.Name}{value}";
    }

    private static string Literal(object? value, Type type) => value switch
    {
        null => type.IsValueType && Nullable.GetUnderlyingType(type) is null ? "default" : "null",
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        _ when type.IsEnum => $"{type.Name}.{Enum.ToObject(type, value)}",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
