namespace Sidecar.Runtime.Actors;

/// <summary>Names one actor.</summary>
/// <param name="Type">Actor type, as the app's <c>/dapr/config</c> lists it.</param>
/// <param name="Id">Id, unique within the type.</param>
internal readonly record struct ActorAddress(string Type, string Id)
{
    private const string ReservedPrefix = "dapr.internal.";

    /// <summary>True for the types that real Dapr runs its workflows on.</summary>
    public bool IsReserved => Type.StartsWith(ReservedPrefix, StringComparison.Ordinal);

    /// <summary>Path of the actor on its app.</summary>
    public string AppPath => $"/actors/{Uri.EscapeDataString(Type)}/{Uri.EscapeDataString(Id)}";

    /// <summary>The actor as messages name it.</summary>
    public override string ToString() => $"{Type}/{Id}";
}
