using System.Runtime.Serialization;

namespace Dapr.Actors.Communication;

/// <summary>The header of a call; names and order of the members are the wire's.</summary>
[DataContract(Name = "ActorHeader", Namespace = Wire.Namespace)]
internal sealed class ActorRequestMessageHeader : IActorRequestMessageHeader
{
    [DataMember(Name = "Headers", IsRequired = true, Order = 5)]
    private readonly Dictionary<string, byte[]> headers = [];

    [DataMember(Name = "MethodId", IsRequired = true, Order = 0)]
    public int MethodId { get; set; }

    [DataMember(Name = "InterfaceId", IsRequired = true, Order = 1)]
    public int InterfaceId { get; set; }

    [DataMember(Name = "InvocationId", IsRequired = false, Order = 2, EmitDefaultValue = false)]
    public string InvocationId { get; set; }

    [DataMember(IsRequired = false, Order = 3)]
    public ActorId ActorId { get; set; }

    [DataMember(IsRequired = false, Order = 4)]
    public string CallContext { get; set; }

    [DataMember(Name = "MethodName", IsRequired = false, Order = 6)]
    public string MethodName { get; set; }

    [DataMember(IsRequired = false, Order = 7)]
    public string ActorType { get; set; }

    public void AddHeader(string headerName, byte[] headerValue) => headers.Add(headerName, headerValue);

    public bool TryGetHeaderValue(string headerName, out byte[] headerValue) => headers.TryGetValue(headerName, out headerValue);
}
