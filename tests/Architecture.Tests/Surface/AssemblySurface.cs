using System.Reflection;
using System.Runtime.CompilerServices;

namespace Architecture.Tests.Surface;

/// <summary>The public surface of an assembly: for each type its declaration and the lines of its members.</summary>
internal sealed record SurfaceType(string Name, string Declaration, IReadOnlyList<string> Members);

internal static class AssemblySurface
{
    /// <summary>By reflection over our own assembly.</summary>
    public static IReadOnlyList<SurfaceType> Reflect(Assembly assembly) =>
        [.. assembly.GetExportedTypes().Select(type => new SurfaceType(TypeText.Plain(type), Declaration(type), [.. MemberText.Of(type)]))];

    /// <summary>From the file that was made by reflection over the official assembly.</summary>
    public static IReadOnlyList<SurfaceType> ReadOfficial(string assemblyName)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "Surface", "official", assemblyName + ".txt");
        var blocks = new List<(string Declaration, List<string> Members)>();
        foreach (var line in File.ReadLines(path).Where(line => line.Length > 0 && !line.StartsWith('#')))
            if (line.StartsWith(' '))
                blocks[^1].Members.Add(line.Trim());
            else
                blocks.Add((line, []));

        return [.. blocks.Select(block => new SurfaceType(NameOf(block.Declaration), block.Declaration, block.Members))];
    }

    private static string NameOf(string declaration)
    {
        // What follows the last keyword, up to the base types or the constraints.
        var afterAttributes = declaration[(declaration.LastIndexOf(")] ", StringComparison.Ordinal) + 1)..].TrimStart(']', ' ');
        if (afterAttributes.StartsWith("delegate ", StringComparison.Ordinal))
            return afterAttributes.Split('(')[0].Split(' ')[^1];

        var words = afterAttributes.Split(' ');
        var first = Array.FindLastIndex(words, word => word is "class" or "interface" or "enum" or "struct" or "record" or "delegate") + 1;
        var name = string.Join(' ', words[first..]);
        foreach (var end in new[] { " : ", " where " })
            name = name.Split(end)[0];

        return name;
    }

    private static string Declaration(Type type)
    {
        if (type.BaseType == typeof(MulticastDelegate))
            return MemberText.Delegate(type);

        var bases = Bases(type).Select(TypeText.Plain).ToList();
        var suffix = bases.Count == 0 ? string.Empty : " : " + string.Join(", ", bases);
        return $"{AttributeText.Of(type)}{Kind(type)} {TypeText.Plain(type)}{suffix}{MemberText.Constraints(type.GetGenericArguments())}";
    }

    private static IEnumerable<Type> Bases(Type type)
    {
        if (type.IsEnum)
            return [];

        var inherited = type.BaseType?.GetInterfaces() ?? [];
        var all = type.GetInterfaces();
        var declared = all.Except(inherited).Where(candidate => !all.Any(other => other != candidate && other.GetInterfaces().Contains(candidate)));
        return type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) ? [parent, .. declared] : declared;
    }

    private static string Kind(Type type)
    {
        if (type.IsInterface)
            return "interface";

        if (type.IsEnum)
            return "enum";

        if (type.IsValueType)
        {
            var readOnly = type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly " : string.Empty;
            var isRecord = type.GetMethod("PrintMembers", BindingFlags.NonPublic | BindingFlags.Instance) is not null;
            return readOnly + (isRecord ? "record struct" : "struct");
        }

        var modifier = type switch
        {
            { IsAbstract: true, IsSealed: true } => "static ",
            { IsAbstract: true } => "abstract ",
            { IsSealed: true } => "sealed ",
            _ => string.Empty,
        };
        return modifier + (type.GetMethod("<Clone>$") is null ? "class" : "record");
    }
}
