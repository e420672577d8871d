using System.Reflection;
using System.Runtime.InteropServices;

namespace Sidecar.Components.KafkaPubSub;

/// <summary>Finds librdkafka, the native library behind every Kafka client here. Nothing is loaded before it is asked for.</summary>
internal static class NativeKafka
{
    /// <summary>The name under which managed code imports it.</summary>
    public const string ImportName = "librdkafka";

    /// <summary>What to do on a machine that lacks it.</summary>
    public const string HowToInstall =
        "install it: on Debian and Ubuntu 'apt-get install librdkafka1', on macOS 'brew install librdkafka', "
        + "on Windows put librdkafka.dll (NuGet package librdkafka.redist, or 'vcpkg install librdkafka') on the PATH; or build with -p:KafkaNative=redist, which brings it along";

    /// <summary>The oldest that has what we use (per-message errors of offset stores, PEM certificates in memory).</summary>
    private const int OldestVersion = 0x010900ff;

    // The plain name comes first: it finds what KafkaNative=redist puts beside the program.
    private static readonly string[] s_names = OperatingSystem.IsWindows() ? [ImportName]
        : OperatingSystem.IsMacOS() ? [ImportName, "librdkafka.1.dylib", "/opt/homebrew/lib/librdkafka.dylib", "/usr/local/lib/librdkafka.dylib"]
        : [ImportName, "librdkafka.so.1"];

    private static readonly Lazy<nint> s_handle = new(() => Load(s_names));

    /// <summary>Why there is none to use on this machine, with what to do; null when there is one.</summary>
    public static string? Missing => Explain(s_handle.Value);

    /// <summary>The same for other names than the usual.</summary>
    public static string? MissingUnder(params IReadOnlyList<string> names) => Explain(Load(names));

    /// <summary>Lets an assembly's imports of <see cref="ImportName"/> find the library; once for each assembly.</summary>
    public static void ResolveFor(Assembly assembly) =>
        NativeLibrary.SetDllImportResolver(assembly, static (name, _, _) => name == ImportName ? s_handle.Value : 0);

    private delegate int VersionFunction();

    private static nint Load(IReadOnlyList<string> names)
    {
        foreach (var name in names)
        {
            if (NativeLibrary.TryLoad(name, typeof(NativeKafka).Assembly, null, out var handle))
                return handle;
        }

        return 0;
    }

    private static string? Explain(nint handle)
    {
        if (handle == 0)
            return $"the native library librdkafka is not on this machine; {HowToInstall}";
        var version = Marshal.GetDelegateForFunctionPointer<VersionFunction>(NativeLibrary.GetExport(handle, "rd_kafka_version"))();
        return version >= OldestVersion ? null : $"the native library librdkafka is too old (0x{version:x8}; 1.9 or newer is needed); {HowToInstall}";
    }
}
