using Npgsql;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;

namespace Sidecar.Components.PostgreSql;

/// <summary>The first connection of a component: a server that is starting, or full for the moment, gets the time that <c>initTimeout</c> gives; a refusal is final.</summary>
internal static class PatientOpening
{
    private static readonly TimeSpan s_firstWait = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_longestWait = TimeSpan.FromMilliseconds(500);

    /// <summary>Opens a connection and prepares what the component needs on it.</summary>
    /// <exception cref="ComponentException">The server cannot be used; the message says why and for how long it was tried.</exception>
    public static async Task RunAsync(
        Component component, string server, NpgsqlDataSource source, Func<NpgsqlConnection, CancellationToken, Task> prepare, CancellationToken cancellationToken)
    {
        // Less the time it takes to say so.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(component.InitTimeout * 0.95);
        Exception last = new TimeoutException("it does not answer; is the address right, and does a firewall let it through?");
        try
        {
            for (var wait = s_firstWait; ; wait = wait * 2 < s_longestWait ? wait * 2 : s_longestWait)
            {
                try
                {
                    await using var connection = await OpenAsync(source, limit.Token);
                    await prepare(connection, limit.Token);
                    return;
                }
                catch (Exception error) when (PostgreSqlStoreException.IsPassing(error))
                {
                    last = error;
                }

                await Task.Delay(wait, limit.Token);
            }
        }
        catch (Exception error) when (error is NpgsqlException or InvalidDataException)
        {
            throw Unusable(component, server, error, "");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unusable(component, server, last, $" within {component.InitTimeout.TotalSeconds:0.#} s (spec.initTimeout)");
        }
    }

    // The driver does not give up a handshake when it is told to; its own time limit ends that one later.
    private static async Task<NpgsqlConnection> OpenAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        var opening = source.OpenConnectionAsync(cancellationToken).AsTask();
        try
        {
            return await opening.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            _ = opening.ContinueWith(late => late.Result.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            throw;
        }
    }

    private static ComponentException Unusable(Component component, string server, Exception error, string when) =>
        new(component, "connectionString", $"cannot be used{when}: {new PostgreSqlStoreException(server, error).Message}", error);
}
