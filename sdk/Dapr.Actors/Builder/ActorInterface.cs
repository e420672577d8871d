#nullable enable
using System.Collections.Concurrent;
using System.Reflection;

namespace Dapr.Actors.Builder;

/// <summary>An actor interface as remoting sees it.</summary>
internal sealed class ActorInterface
{
    private static readonly ConcurrentDictionary<Type, Lazy<ActorInterface>> Known = new();

    private ActorInterface(Type type)
    {
        Type = type;
        Id = ContractId.Of(type);
        Methods = [.. type.GetMethods().Select(method => new ActorMethod(type, Id, method))];
    }

    public Type Type { get; }

    public int Id { get; }

    public IReadOnlyList<ActorMethod> Methods { get; }

    /// <exception cref="ArgumentException">It is no interface that actors may have.</exception>
    public static ActorInterface Of(Type type)
    {
        Check(type);
        return Known.GetOrAdd(type, key => new Lazy<ActorInterface>(() => new ActorInterface(key))).Value;
    }

    /// <summary>The actor interfaces that a class or an interface has, without <see cref="IActor"/> itself.</summary>
    public static IReadOnlyList<Type> InterfacesOf(Type type) =>
        [.. type.GetInterfaces().Where(candidate => candidate != typeof(IActor) && StrangerIn(candidate) is null)];

    private static void Check(Type type)
    {
        if (!type.IsInterface)
            throw Refuse(type, "is not an interface");

        if (StrangerIn(type) is { } stranger)
            throw Refuse(type, stranger == type ? "does not derive from IActor" : $"derives from {stranger}, which does not derive from IActor");

        if (type.IsGenericType)
            throw Refuse(type, "is generic");

        foreach (var methods in type.GetMethods().GroupBy(method => method.Name))
            Check(type, [.. methods]);
    }

    private static void Check(Type type, MethodInfo[] methods)
    {
        var method = methods[0];
        if (methods.Length > 1)
            throw Refuse(type, $"overloads {method.Name}");

        if (method.IsGenericMethod)
            throw Refuse(type, $"has the generic method {method.Name}");

        if (method.ReturnType != typeof(Task) && !(method.ReturnType.IsGenericType && method.ReturnType.GetGenericTypeDefinition() == typeof(Task<>)))
            throw Refuse(type, $"has the method {method.Name}, which does not return a Task");

        if (method.GetParameters().SkipLast(1).Any(parameter => parameter.ParameterType == typeof(CancellationToken)))
            throw Refuse(type, $"has the method {method.Name} with a CancellationToken that is not its last parameter");
    }

    /// <summary>The first of its interfaces, itself included, that is not an actor's; null when all are.</summary>
    private static Type? StrangerIn(Type type) =>
        !type.GetInterfaces().Contains(typeof(IActor)) ? type : type.GetInterfaces().Where(parent => parent != typeof(IActor)).Select(StrangerIn).FirstOrDefault(found => found is not null);

    private static ArgumentException Refuse(Type type, string why) => new($"{type.FullName} cannot be an actor interface: it {why}.", nameof(type));
}
