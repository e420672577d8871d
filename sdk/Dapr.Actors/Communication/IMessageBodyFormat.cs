#nullable enable
namespace Dapr.Actors.Communication;

/// <summary>How the bodies of remoting messages are written: DataContract XML in binary, or JSON.</summary>
internal interface IMessageBodyFormat
{
    byte[] Write(WrappedMessage message);

    /// <param name="bytes">What came; not empty.</param>
    /// <param name="wrapped">The emitted type of the object inside.</param>
    WrappedMessageBody Read(byte[] bytes, Type wrapped);
}
