using Dapr;
using Dapr.Client;
using Simulation.Seams;

namespace Simulation.Tests.Sabotages;

/// <summary>A store that takes every write, whatever version it was based on.</summary>
internal sealed class IgnoresVersions : Sabotage
{
    public override void Write(StateStore store, string app, IReadOnlyList<StateTransactionRequest> operations)
    {
        foreach (var operation in operations)
        {
            store.Put(operation);
        }
    }
}

/// <summary>A store whose refused transactions leave behind what was not refused.</summary>
internal sealed class DoesNotRollBack : Sabotage
{
    public override void Write(StateStore store, string app, IReadOnlyList<StateTransactionRequest> operations)
    {
        var refused = false;
        foreach (var operation in operations)
        {
            if (store.MayWrite(operation))
            {
                store.Put(operation);
            }
            else
            {
                refused = true;
            }
        }

        if (refused)
        {
            throw new DaprException("a version is not the current one");
        }
    }
}
