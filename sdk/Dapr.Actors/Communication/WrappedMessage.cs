using System.Runtime.Serialization;
using Dapr.Actors;

#pragma warning disable CA1050 // outside of any namespace: the official place

/// <summary>A remoting message that is one object: a field for each argument, or one for the result.</summary>
[DataContract(Name = "msgBodywrapped", Namespace = Wire.Namespace)]
public abstract class WrappedMessage
{
    /// <summary>For messages derived from it.</summary>
    protected WrappedMessage()
    {
    }

    /// <summary>The object.</summary>
    [DataMember(Name = "value", IsRequired = true, Order = 1)]
    public object Value { get; set; }
}
