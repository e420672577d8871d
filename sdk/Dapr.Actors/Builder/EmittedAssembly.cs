#nullable enable
using System.Reflection;
using System.Reflection.Emit;

namespace Dapr.Actors.Builder;

/// <summary>Where emitted types live. This assembly lets it see its internals.</summary>
internal static class EmittedAssembly
{
    public const string Name = "Dapr.Actors.Proxies";

    private static readonly ModuleBuilder Module = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName(Name), AssemblyBuilderAccess.Run).DefineDynamicModule(Name);

    public static TypeBuilder DefineType(string name, Type parent, params Type[] interfaces)
    {
        lock (Module)
            return Module.DefineType(name, TypeAttributes.Public | TypeAttributes.Class | TypeAttributes.Sealed, parent, interfaces);
    }
}
