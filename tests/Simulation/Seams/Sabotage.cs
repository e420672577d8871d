using Dapr.Client;

namespace Simulation.Seams;

/// <summary>What a test breaks on purpose, at the seam below the services; this one breaks nothing. A property that no sabotage can make fail proves nothing.</summary>
internal class Sabotage
{
    public static Sabotage None { get; } = new();

    /// <summary>Publishing answers before the broker has the event: the outbox is cleared before its event is safe.</summary>
    public virtual bool ForgetsToWaitForTheBroker => false;

    /// <summary>What a service reads.</summary>
    public virtual (string Value, string ETag) Read(string app, string key, (string Value, string ETag) stored) => stored;

    /// <summary>What a transaction does.</summary>
    public virtual void Write(StateStore store, string app, IReadOnlyList<StateTransactionRequest> operations) => store.Write(operations);

    /// <summary>What a call sends.</summary>
    public virtual byte[] Sends(string app, string path, byte[] body) => body;

    /// <summary>What a call is answered with instead of being done; null when it is done.</summary>
    public virtual string? AnswerFor(string app, string path) => null;
}
