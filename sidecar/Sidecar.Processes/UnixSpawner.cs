using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Sidecar.Processes;

/// <summary>Starts programs by posix_spawn.</summary>
internal static class UnixSpawner
{
    private const int MaxSignal = 31;
    private const int ReadOnly = 0;
    private const int WriteOnly = 1;

    /// <summary>Starts a program in a process group of its own; without a descriptor its input or output is <c>/dev/null</c>.</summary>
    /// <returns>Process id; the caller waits for it.</returns>
    /// <exception cref="ProcessStartException">The system refuses.</exception>
    public static int Start(ChildCommand command, int? input, int? output)
    {
        using var attributes = new Opaque();
        using var actions = new Opaque();
        using var signals = new Opaque();
        using var arguments = new StringVector([command.Program, .. command.Arguments]);
        using var environment = new StringVector(command.Environment.Select(variable => $"{variable.Key}={variable.Value}"));
        Check(LibC.AttributesInit(attributes.Address));
        Check(LibC.ActionsInit(actions.Address));
        try
        {
            Check(LibC.SignalsEmpty(signals.Address));
            Check(LibC.AttributesSetSignalMask(attributes.Address, signals.Address));
            // .NET ignores SIGPIPE and more; programs expect the defaults.
            for (var signal = 1; signal <= MaxSignal; signal++)
            {
                if (signal is not (LibC.SignalKill or 17 or 19))
                    Check(LibC.SignalsAdd(signals.Address, signal));
            }

            Check(LibC.AttributesSetDefaultSignals(attributes.Address, signals.Address));
            Check(LibC.AttributesSetGroup(attributes.Address, 0));
            Check(LibC.AttributesSetFlags(attributes.Address, LibC.SpawnSetProcessGroup | LibC.SpawnSetDefaultSignals | LibC.SpawnSetSignalMask));
            Connect(input, 0, ReadOnly);
            Connect(output, 1, WriteOnly);
            Connect(output, 2, WriteOnly);
            Check(LibC.ActionsAddChangeDirectory(actions.Address, command.Directory));
            Check(LibC.Spawn(out var process, command.Program, actions.Address, attributes.Address, arguments.Address, environment.Address));
            return process;
        }
        finally
        {
            _ = LibC.ActionsDestroy(actions.Address);
            _ = LibC.AttributesDestroy(attributes.Address);
        }

        void Connect(int? descriptor, int target, int mode) => Check(descriptor is { } open
            ? LibC.ActionsAddDuplicate(actions.Address, open, target)
            : LibC.ActionsAddOpen(actions.Address, target, "/dev/null", mode, 0));

        void Check(int error)
        {
            if (error != 0)
                throw new ProcessStartException($"'{command.Program}' cannot be started in '{command.Directory}': {new Win32Exception(error).Message}");
        }
    }

    /// <summary>Memory for a structure whose layout is the C library's own.</summary>
    private sealed class Opaque : IDisposable
    {
        public unsafe Opaque() => Address = (nint)NativeMemory.AllocZeroed(LibC.OpaqueSize);

        public nint Address { get; }

        public unsafe void Dispose() => NativeMemory.Free((void*)Address);
    }

    /// <summary>A null-terminated vector of C strings.</summary>
    private sealed class StringVector : IDisposable
    {
        private readonly nint[] _strings;

        public StringVector(IEnumerable<string> strings)
        {
            _strings = [.. strings.Select(Marshal.StringToCoTaskMemUTF8), 0];
            Address = Marshal.AllocCoTaskMem(nint.Size * _strings.Length);
            Marshal.Copy(_strings, 0, Address, _strings.Length);
        }

        public nint Address { get; }

        public void Dispose()
        {
            foreach (var text in _strings)
            {
                Marshal.FreeCoTaskMem(text);
            }

            Marshal.FreeCoTaskMem(Address);
        }
    }
}
