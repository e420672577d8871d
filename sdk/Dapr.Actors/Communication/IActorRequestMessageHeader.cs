namespace Dapr.Actors.Communication;

/// <summary>Which method of which actor a remoting call is for.</summary>
public interface IActorRequestMessageHeader
{
    /// <summary>Which actor of its type.</summary>
    ActorId ActorId { get; set; }

    /// <summary>The type of the actor.</summary>
    string ActorType { get; set; }

    /// <summary>Names the call in logs.</summary>
    string CallContext { get; set; }

    /// <summary>The method, by the checksum of its name.</summary>
    int MethodId { get; set; }

    /// <summary>The interface, by the checksum of its name.</summary>
    int InterfaceId { get; set; }

    /// <summary>Not used over HTTP.</summary>
    string InvocationId { get; set; }

    /// <summary>The method's name.</summary>
    string MethodName { get; set; }

    /// <summary>Adds a header of one's own.</summary>
    void AddHeader(string headerName, byte[] headerValue);

    /// <summary>Finds a header of one's own.</summary>
    bool TryGetHeaderValue(string headerName, out byte[] headerValue);
}
