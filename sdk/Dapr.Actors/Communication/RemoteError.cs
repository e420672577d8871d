#nullable enable
using System.Diagnostics;
using System.Runtime.Serialization;
using System.Text;
using System.Xml;

namespace Dapr.Actors.Communication;

/// <summary>An exception on its way: a header that says so, with what helps to find it in the host's log, and a body with type and message.</summary>
internal sealed record RemoteError(string Header, byte[] Body)
{
    private const string Details = "RemoteMethodException";

    private static readonly DataContractSerializer Serializer = new(typeof(ActorInvokeExceptionData));

    public static RemoteError Of(Exception error)
    {
        var frame = new StackTrace(error, fNeedFileInfo: true).GetFrame(0);
        var details = $"Exception: {error.GetType().Name}, Method Name: {frame?.GetMethod()?.Name}, Line Number: {frame?.GetFileLineNumber()}, Exception uuid: {Guid.NewGuid()}";
        var header = new ActorResponseMessageHeader();
        header.AddHeader("HasRemoteException", []);
        header.AddHeader(Details, Encoding.UTF8.GetBytes(details));
        return new RemoteError(MessageHeaders.Write(header), Write(new ActorInvokeExceptionData { Type = error.GetType().FullName!, Message = error.Message }));
    }

    /// <summary>The exception to throw where the call was made.</summary>
    public Exception ToException()
    {
        try
        {
            using var reader = XmlDictionaryReader.CreateBinaryReader(Body, XmlDictionaryReaderQuotas.Max);
            var data = (ActorInvokeExceptionData)Serializer.ReadObject(reader)!;
            var details = MessageHeaders.ReadResponse(Header).TryGetHeaderValue(Details, out var text) ? Encoding.UTF8.GetString(text) : string.Empty;
            return new ActorMethodInvocationException(
                "Remote Actor Method Exception,  DETAILS: " + details, new ActorInvokeException(data.Type, data.Message), isTransient: false);
        }
        catch (Exception error) when (error is SerializationException or XmlException)
        {
            return new ActorInvokeException(error.GetType().FullName!, $"The actor's method threw, and what it threw could not be read: {error.Message}");
        }
    }

    private static byte[] Write(ActorInvokeExceptionData data)
    {
        using var stream = new MemoryStream();
        using (var writer = XmlDictionaryWriter.CreateBinaryWriter(stream, null, null, ownsStream: false))
            Serializer.WriteObject(writer, data);

        return stream.ToArray();
    }

    [DataContract(Name = "ActorInvokeExceptionData", Namespace = Wire.Namespace)]
    private sealed class ActorInvokeExceptionData
    {
        [DataMember]
        public string Type { get; set; } = string.Empty;

        [DataMember]
        public string Message { get; set; } = string.Empty;
    }
}
