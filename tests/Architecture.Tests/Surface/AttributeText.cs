using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using System.Runtime.Serialization;
using System.Text.Json.Serialization;

namespace Architecture.Tests.Surface;

/// <summary>The attributes that are part of the contract, as the official surface files write them.</summary>
internal static class AttributeText
{
    private static readonly HashSet<string> Contract =
    [
        nameof(ObsoleteAttribute), nameof(ExperimentalAttribute), nameof(JsonPropertyNameAttribute), nameof(JsonConverterAttribute),
        nameof(EnumMemberAttribute), nameof(DataContractAttribute), nameof(AttributeUsageAttribute), nameof(NotNullWhenAttribute),
    ];

    public static string Of(MemberInfo member) => Of(member.CustomAttributes);

    public static string Of(ParameterInfo parameter) => Of(parameter.CustomAttributes);

    private static string Of(IEnumerable<CustomAttributeData> attributes) =>
        string.Concat(attributes.Where(attribute => Contract.Contains(attribute.AttributeType.Name)).Select(attribute => Text(attribute) + " "));

    private static string Text(CustomAttributeData attribute)
    {
        var name = attribute.AttributeType.Name[..^"Attribute".Length];

        // The surface files leave out when it applies, and what a contract is called.
        if (name is "NotNullWhen" or "DataContract")
            return $"[{name}]";

        string[] arguments =
        [
            .. attribute.ConstructorArguments.Select(Value),
            .. attribute.NamedArguments.Select(argument => $"{argument.MemberName}={Value(argument.TypedValue)}"),
        ];
        return arguments.Length == 0 ? $"[{name}]" : $"[{name}({string.Join(", ", arguments)})]";
    }

    private static string Value(CustomAttributeTypedArgument argument) => argument.Value switch
    {
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        Type type => $"typeof({TypeText.Plain(type)})",
        var value when argument.ArgumentType.IsEnum => EnumValue(argument.ArgumentType, value!),
        var value => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string EnumValue(Type type, object value) =>
        Enum.IsDefined(type, value) ? $"{type.Name}.{Enum.ToObject(type, value)}" : $"({type.Name}){Enum.ToObject(type, value)}";
}
