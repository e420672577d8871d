using System.Runtime.InteropServices;

namespace Sidecar.Cli.Commands;

/// <summary>Ctrl-C and the signals that ask a process to end: the first asks to stop, a second one to hurry.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _kill = new();
    private readonly List<PosixSignalRegistration> _registrations = [];

    /// <param name="hangUp">What a hang-up does; null when it asks to stop too.</param>
    public StopSignals(Action? hangUp = null)
    {
        foreach (var signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM })
            _registrations.Add(PosixSignalRegistration.Create(signal, Stop));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            if (hangUp is null)
            {
                Stop(context);
                return;
            }

            context.Cancel = true;
            hangUp();
        }));
    }

    public CancellationToken Stopping => _stop.Token;

    public CancellationToken Killing => _kill.Token;

    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _stop.Dispose();
        _kill.Dispose();
    }

    private void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        if (_stop.IsCancellationRequested)
            _kill.Cancel();
        else
            _stop.Cancel();
    }
}
