using System.ComponentModel;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using System.Text;

namespace Sidecar.Processes;

/// <summary>A child in a process group of its own, so that a signal reaches what it starts too, and a Ctrl-C at the terminal reaches only the host.</summary>
internal sealed class UnixChildProcess : ChildProcess
{
    private const int NoSuchProcess = 3;
    private const int StackSize = 256 * 1024;

    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _reaping = new();
    private readonly AnonymousPipeServerStream _output;
    private bool _reaped;

    public UnixChildProcess(ChildCommand command, Action<string> line)
    {
        _output = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.None);
        try
        {
            var output = LibC.Descriptor(_output.ClientSafePipeHandle);
            Id = UnixSpawner.Start(command, input: null, output);
        }
        catch
        {
            _output.Dispose();
            throw;
        }

        _output.DisposeLocalCopyOfClientHandle();
        var reader = new Thread(() => ReadLines(line), StackSize) { IsBackground = true, Name = $"output of {Id}" };
        reader.Start();
        new Thread(() => WaitForExit(reader), StackSize) { IsBackground = true, Name = $"end of {Id}" }.Start();
    }

    public override int Id { get; }

    public override Task<int> Exited => _exited.Task;

    public override void Terminate() => Signal(LibC.SignalTerminate);

    public override void Interrupt() => Signal(LibC.SignalInterrupt);

    public override void Kill() => Signal(LibC.SignalKill);

    public override void Dispose() => _output.Dispose();

    private void Signal(int signal)
    {
        // What the child started may outlive it: the group is signalled even when the child itself has ended.
        lock (_reaping)
        {
            if (LibC.Kill(-Id, signal) != 0 && Marshal.GetLastPInvokeError() != NoSuchProcess && !_reaped)
                throw new Win32Exception(Marshal.GetLastPInvokeError(), $"process group {Id} cannot be signalled");
        }
    }

    private void ReadLines(Action<string> line)
    {
        using var reader = new StreamReader(_output, Encoding.UTF8, detectEncodingFromByteOrderMarks: false);
        try
        {
            while (reader.ReadLine() is { } text)
            {
                line(text);
            }
        }
        catch (Exception error) when (error is ObjectDisposedException or IOException)
        {
            // The pipe was closed on this side: nobody listens any more.
        }
    }

    private void WaitForExit(Thread reader)
    {
        var result = LibC.WaitProcess(Id, out var status, 0);
        lock (_reaping)
        {
            _reaped = true;
        }

        // Last words first; a grandchild that keeps the pipe open must not hold the news back.
        reader.Join(TimeSpan.FromMilliseconds(500));
        var signal = status & 0x7f;
        _exited.SetResult(result != Id ? -1 : signal == 0 ? (status >> 8) & 0xff : 128 + signal);
    }
}
