using System.Reflection;

namespace Architecture.Tests.Surface;

/// <summary>Names of types as the official surface files write them: short for what an implicit using brings, full for the rest.</summary>
internal static class TypeText
{
    private static readonly HashSet<string> ImplicitNamespaces =
    [
        "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading", "System.Threading.Tasks",
    ];

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(char)] = "char",
        [typeof(short)] = "short",
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(uint)] = "uint",
        [typeof(ulong)] = "ulong",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(decimal)] = "decimal",
    };

    /// <summary>The type with its nullability; <paramref name="annotations"/> is consumed in the order the compiler wrote it.</summary>
    public static string Of(Type type, NullableAnnotations annotations)
    {
        if (type.IsByRef)
            return Of(type.GetElementType()!, annotations);

        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return Of(underlying, annotations) + "?";

        if (type.IsArray)
        {
            var array = annotations.Next() ? "[]?" : "[]";
            return Of(type.GetElementType()!, annotations) + array;
        }

        // Value types without type arguments have no annotation at all.
        var annotated = (!type.IsValueType || type.IsGenericType) && annotations.Next() && !type.IsValueType;
        var suffix = annotated ? "?" : string.Empty;
        if (IsTuple(type))
            return $"({string.Join(", ", type.GenericTypeArguments.Select(argument => Of(argument, annotations)))})";

        return Keywords.GetValueOrDefault(type) is { } keyword ? keyword + suffix : Name(type, argument => Of(argument, annotations)) + suffix;
    }

    /// <summary>The type without any nullability, as the declarations of types are written.</summary>
    public static string Plain(Type type) => Of(type, NullableAnnotations.None);

    public static bool IsTuple(Type type) => type is { IsGenericType: true, Namespace: "System" } && type.Name.StartsWith("ValueTuple`", StringComparison.Ordinal);

    private static string Name(Type type, Func<Type, string> argumentName)
    {
        if (type.IsGenericParameter)
            return type.Name;

        var simple = type.Name.Split('`')[0];
        var outer = type.DeclaringType is { } declaring ? Name(declaring, argumentName) + "."
            : type.Namespace is null || ImplicitNamespaces.Contains(type.Namespace) ? string.Empty
            : type.Namespace + ".";
        var own = type.GetGenericArguments().Skip(type.DeclaringType?.GetGenericArguments().Length ?? 0).ToArray();
        return own.Length == 0 ? outer + simple : $"{outer}{simple}<{string.Join(", ", own.Select(argumentName))}>";
    }
}

/// <summary>The compiler's nullability marks of one signature, in its order: 2 means annotated with a question mark.</summary>
internal sealed class NullableAnnotations
{
    private readonly byte[] marks;
    private int position;

    private NullableAnnotations(byte[] marks)
    {
        this.marks = marks;
    }

    public static NullableAnnotations None => new([0]);

    public static NullableAnnotations Of(IEnumerable<CustomAttributeData> attributes, MemberInfo context)
    {
        var own = attributes.FirstOrDefault(attribute => attribute.AttributeType.Name == "NullableAttribute")?.ConstructorArguments[0].Value;
        return own switch
        {
            byte mark => new NullableAnnotations([mark]),
            IReadOnlyCollection<CustomAttributeTypedArgument> several => new NullableAnnotations([.. several.Select(mark => (byte)mark.Value!)]),
            _ => new NullableAnnotations([Context(context)]),
        };
    }

    /// <summary>Whether the next type of the signature is annotated. One mark alone stands for all.</summary>
    public bool Next() => (marks.Length == 1 ? marks[0] : marks[position++]) == 2;

    private static byte Context(MemberInfo? member)
    {
        for (; member is not null; member = member.DeclaringType)
            if (member.CustomAttributes.FirstOrDefault(attribute => attribute.AttributeType.Name == "NullableContextAttribute") is { } context)
                return (byte)context.ConstructorArguments[0].Value!;

        return 0;
    }
}
