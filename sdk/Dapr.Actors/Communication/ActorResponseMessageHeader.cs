using System.Runtime.Serialization;

namespace Dapr.Actors.Communication;

/// <summary>The header of an answer; names of the members are the wire's.</summary>
[DataContract(Name = "ActorResponseMessageHeaders", Namespace = Wire.Namespace)]
internal sealed class ActorResponseMessageHeader : IActorResponseMessageHeader
{
    [DataMember(Name = "Headers", IsRequired = true, Order = 2)]
    private readonly Dictionary<string, byte[]> headers = [];

    public void AddHeader(string headerName, byte[] headerValue) => headers.Add(headerName, headerValue);

    public bool TryGetHeaderValue(string headerName, out byte[] headerValue) => headers.TryGetValue(headerName, out headerValue);

    public bool CheckIfItsEmpty() => headers.Count == 0;
}
