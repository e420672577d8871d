using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace Sidecar.Testing;

/// <summary>A request that the app under test has answered: a delivery, a job, an invocation.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Path.</param>
/// <param name="Status">Status code of the answer.</param>
public sealed record AppCall(string Method, string Path, int Status);

/// <summary>Sees every request that an app of this test process answers on one port, by ASP.NET Core's own diagnostics: the app needs no code for it.</summary>
public sealed class AppCalls : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private const string RequestEnded = "Microsoft.AspNetCore.Hosting.HttpRequestIn.Stop";

    private readonly int _port;
    private readonly Lock _gate = new();
    private readonly List<AppCall> _calls = [];
    private readonly List<(Func<AppCall, bool> Matches, TaskCompletionSource<AppCall> Seen)> _awaited = [];
    private readonly List<IDisposable> _subscriptions = [];

    internal AppCalls(int port)
    {
        _port = port;
        _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));
    }

    /// <summary>The requests answered so far, oldest first.</summary>
    public IReadOnlyList<AppCall> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _calls];
            }
        }
    }

    /// <summary>Completes with the first request, past or to come, that matches.</summary>
    public Task<AppCall> WaitForAsync(Func<AppCall, bool> matches, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (_calls.Find(call => matches(call)) is { } past)
                return Task.FromResult(past);
            var seen = new TaskCompletionSource<AppCall>(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaited.Add((matches, seen));
            return seen.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Completes with the first request to a path that was or will be answered with success.</summary>
    public Task<AppCall> WaitForAsync(string path, CancellationToken cancellationToken = default) =>
        WaitForAsync(call => call.Path == path && call.Status is >= 200 and < 300, cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _subscriptions.ForEach(subscription => subscription.Dispose());
            _subscriptions.Clear();
        }
    }

    void IObserver<DiagnosticListener>.OnNext(DiagnosticListener value)
    {
        if (value.Name != "Microsoft.AspNetCore")
            return;
        lock (_gate)
        {
            _subscriptions.Add(value.Subscribe(this, name => name.StartsWith("Microsoft.AspNetCore.Hosting.HttpRequestIn", StringComparison.Ordinal)));
        }
    }

    void IObserver<KeyValuePair<string, object?>>.OnNext(KeyValuePair<string, object?> value)
    {
        if (value is not { Key: RequestEnded, Value: HttpContext context } || context.Connection.LocalPort != _port)
            return;
        var call = new AppCall(context.Request.Method, context.Request.Path.Value ?? "/", context.Response.StatusCode);
        List<TaskCompletionSource<AppCall>> seen;
        lock (_gate)
        {
            _calls.Add(call);
            seen = [.. _awaited.Where(awaited => awaited.Matches(call)).Select(awaited => awaited.Seen)];
            _awaited.RemoveAll(awaited => seen.Contains(awaited.Seen));
        }

        seen.ForEach(source => source.TrySetResult(call));
    }

    void IObserver<DiagnosticListener>.OnCompleted()
    {
        // The process ends; nobody waits any more.
    }

    void IObserver<DiagnosticListener>.OnError(Exception error)
    {
        // Never raised by the source of listeners.
    }

    void IObserver<KeyValuePair<string, object?>>.OnCompleted()
    {
        // One app has gone; others may follow on the port.
    }

    void IObserver<KeyValuePair<string, object?>>.OnError(Exception error)
    {
        // Never raised by a listener.
    }
}
