#nullable enable
using System.Globalization;
using System.Runtime.Serialization;
using System.Text;
using System.Xml;

namespace Dapr.Actors.Communication;

/// <summary>The headers of remoting messages as they stand in HTTP headers: DataContract XML on one line.</summary>
internal static class MessageHeaders
{
    // By interface: the root element on the wire is an anyType that says which contract it is.
    private static readonly DataContractSerializer Request = new(typeof(IActorRequestMessageHeader), [typeof(ActorRequestMessageHeader)]);

    private static readonly DataContractSerializer Response = new(typeof(IActorResponseMessageHeader), [typeof(ActorResponseMessageHeader)]);

    public static string Write(IActorRequestMessageHeader header) => Write(Request, header);

    public static string Write(IActorResponseMessageHeader header) => Write(Response, header);

    /// <exception cref="SerializationException">It is no header of a call.</exception>
    public static IActorRequestMessageHeader ReadRequest(string text) => (IActorRequestMessageHeader)Read(Request, text);

    /// <exception cref="SerializationException">It is no header of an answer.</exception>
    public static IActorResponseMessageHeader ReadResponse(string text) => (IActorResponseMessageHeader)Read(Response, text);

    private static string Write(DataContractSerializer serializer, object header)
    {
        using var stream = new MemoryStream();

        // The writer's own prefixes are part of the wire: the official client looks for elements by them.
        using (var writer = XmlDictionaryWriter.CreateTextWriter(stream, Encoding.UTF8, ownsStream: false))
            serializer.WriteObject(writer, header);

        return InAscii(Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length));
    }

    private static object Read(DataContractSerializer serializer, string text)
    {
        using var reader = XmlDictionaryReader.CreateTextReader(Encoding.UTF8.GetBytes(text), XmlDictionaryReaderQuotas.Max);
        return serializer.ReadObject(reader) ?? throw new SerializationException("The header of an actor call is empty.");
    }

    // An HTTP header is ASCII; in XML anything else has a name in ASCII.
    private static string InAscii(string xml)
    {
        if (Ascii.IsValid(xml) && !xml.AsSpan().ContainsAny('\r', '\n'))
            return xml;

        var text = new StringBuilder(xml.Length + 16);
        foreach (var rune in xml.EnumerateRunes())
            if (rune.IsAscii && rune.Value is not ('\r' or '\n'))
                text.Append((char)rune.Value);
            else
                text.Append(CultureInfo.InvariantCulture, $"&#{rune.Value};");

        return text.ToString();
    }
}
