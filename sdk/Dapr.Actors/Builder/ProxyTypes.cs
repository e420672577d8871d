#nullable enable
using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Reflection.Emit;
using Dapr.Actors.Client;

namespace Dapr.Actors.Builder;

/// <summary>
/// Types of typed proxies. They are emitted, not made by <see cref="DispatchProxy"/>: a typed proxy is an <see cref="ActorProxy"/> too, and two base
/// classes there cannot be. An emitted method only hands its number and its arguments to <see cref="ActorProxy"/>.
/// </summary>
internal sealed class ProxyTypes
{
    private static readonly ConcurrentDictionary<Type, Lazy<ProxyTypes>> Known = new();
    private static readonly MethodInfo Call = Inherited(isGeneric: false);
    private static readonly MethodInfo CallWithResult = Inherited(isGeneric: true);
    private static int count;

    private ProxyTypes(ActorMethod[] methods, IProxyActivator activator)
    {
        Methods = methods;
        Activator = activator;
    }

    /// <summary>In the order of the numbers that the emitted methods know them by.</summary>
    public ActorMethod[] Methods { get; }

    public IProxyActivator Activator { get; }

    /// <exception cref="ArgumentException">It is no interface that actors may have.</exception>
    /// <exception cref="InvalidOperationException">It is not public.</exception>
    public static ProxyTypes For(Type actorInterface) => Known.GetOrAdd(actorInterface, type => new Lazy<ProxyTypes>(() => Emit(type))).Value;

    private static ProxyTypes Emit(Type actorInterface)
    {
        ActorInterface[] interfaces = [ActorInterface.Of(actorInterface), .. ActorInterface.InterfacesOf(actorInterface).Select(ActorInterface.Of)];
        ActorMethod[] methods = [.. interfaces.SelectMany(part => part.Methods)];
        var name = string.Create(CultureInfo.InvariantCulture, $"Dapr.Actors.Proxies{Interlocked.Increment(ref count)}.{actorInterface.Name}Proxy");
        var type = EmittedAssembly.DefineType(name, typeof(ActorProxy), [.. interfaces.Select(part => part.Type)]);
        type.DefineDefaultConstructor(MethodAttributes.Public);
        for (var i = 0; i < methods.Length; i++)
            EmitMethod(type, methods[i], i);

        try
        {
            return new ProxyTypes(methods, new ProxyActivator(type.CreateType()));
        }
        catch (TypeLoadException error) when (!actorInterface.IsVisible)
        {
            throw new InvalidOperationException(
                $"{actorInterface.FullName} must be public, or its assembly must have [assembly: InternalsVisibleTo(\"{EmittedAssembly.Name}\")], to have a typed proxy.", error);
        }
    }

    private static void EmitMethod(TypeBuilder type, ActorMethod method, int index)
    {
        Type[] parameters = [.. method.Info.GetParameters().Select(parameter => parameter.ParameterType)];
        var explicitly = MethodAttributes.Private | MethodAttributes.Virtual | MethodAttributes.Final | MethodAttributes.HideBySig | MethodAttributes.NewSlot;
        var builder = type.DefineMethod($"{method.InterfaceName}.{method.Name}", explicitly, method.Info.ReturnType, parameters);
        var il = builder.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldc_I4, index);
        il.Emit(OpCodes.Ldc_I4, parameters.Length);
        il.Emit(OpCodes.Newarr, typeof(object));
        for (var i = 0; i < parameters.Length; i++)
        {
            il.Emit(OpCodes.Dup);
            il.Emit(OpCodes.Ldc_I4, i);
            il.Emit(OpCodes.Ldarg, (short)(i + 1));
            if (parameters[i].IsValueType)
                il.Emit(OpCodes.Box, parameters[i]);

            il.Emit(OpCodes.Stelem_Ref);
        }

        il.Emit(OpCodes.Call, method.ResultType is null ? Call : CallWithResult.MakeGenericMethod(method.ResultType));
        il.Emit(OpCodes.Ret);
        type.DefineMethodOverride(builder, method.Info);
    }

    private static MethodInfo Inherited(bool isGeneric) =>
        typeof(ActorProxy).GetMethods(BindingFlags.Instance | BindingFlags.NonPublic).Single(method => method.Name == nameof(ActorProxy.CallAsync) && method.IsGenericMethod == isGeneric);

    private sealed class ProxyActivator(Type type) : IProxyActivator
    {
        public IActorProxy CreateInstance() => (IActorProxy)System.Activator.CreateInstance(type)!;
    }
}
