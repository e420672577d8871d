using Sidecar.Servers;

namespace Conformance;

/// <summary>
/// A class fixture: a private server that all test classes which name it share, started by the first and ended by the last. Tests that stop or kill their server start one of their own.
/// </summary>
public sealed class SharedServer<T> : IAsyncLifetime
    where T : PrivateServer, INamedServer<T>
{
    private static readonly SemaphoreSlim s_gate = new(1, 1);
    private static T? s_server;
    private static int s_users;

    /// <summary>The server; it runs.</summary>
    public T Server => s_server ?? throw new InvalidOperationException("the server did not start");

    public async Task InitializeAsync()
    {
        await s_gate.WaitAsync();
        try
        {
            s_users++;
            if (s_server is not null)
                return;
            // The tests of the class are skipped then, and say why.
            if (T.Missing is not null)
                return;
            s_server = T.CreateForTest();
            await s_server.StartAsync();
        }
        finally
        {
            s_gate.Release();
        }
    }

    public async Task DisposeAsync()
    {
        await s_gate.WaitAsync();
        try
        {
            if (--s_users > 0 || s_server is null)
                return;
            await s_server.DisposeAsync();
            s_server = null;
        }
        finally
        {
            s_gate.Release();
        }
    }
}
