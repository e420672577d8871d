namespace Dapr.Actors.Communication;

/// <summary>What is said about an answer; empty unless the method threw.</summary>
public interface IActorResponseMessageHeader
{
    /// <summary>Adds a header.</summary>
    void AddHeader(string headerName, byte[] headerValue);

    /// <summary>Finds a header.</summary>
    bool TryGetHeaderValue(string headerName, out byte[] headerValue);

    /// <summary>Whether nothing is said.</summary>
    bool CheckIfItsEmpty();
}
