#nullable enable
using System.Collections.Concurrent;
using System.Runtime.Serialization;
using System.Xml;

namespace Dapr.Actors.Communication;

/// <summary>Bodies in .NET's binary XML; a proxy among the arguments travels as an <see cref="ActorReference"/>.</summary>
internal sealed class DataContractMessages : IMessageBodyFormat
{
    public static readonly DataContractMessages Instance = new();

    private readonly ConcurrentDictionary<Type, DataContractSerializer> serializers = new();

    public byte[] Write(WrappedMessage message)
    {
        using var stream = new MemoryStream();
        using (var writer = XmlDictionaryWriter.CreateBinaryWriter(stream, null, null, ownsStream: false))
            SerializerFor(message.Value.GetType()).WriteObject(writer, message);

        return stream.ToArray();
    }

    public WrappedMessageBody Read(byte[] bytes, Type wrapped)
    {
        using var reader = XmlDictionaryReader.CreateBinaryReader(bytes, XmlDictionaryReaderQuotas.Max);
        return (WrappedMessageBody)SerializerFor(wrapped).ReadObject(reader)!;
    }

    private DataContractSerializer SerializerFor(Type wrapped) => serializers.GetOrAdd(wrapped, type =>
    {
        var serializer = new DataContractSerializer(typeof(WrappedMessageBody), [typeof(ActorReference), type]);
        serializer.SetSerializationSurrogateProvider(new ProxiesAsReferences());
        return serializer;
    });

    private sealed class ProxiesAsReferences : ISerializationSurrogateProvider
    {
        public Type GetSurrogateType(Type type) => typeof(IActor).IsAssignableFrom(type) ? typeof(ActorReference) : type;

        public object GetObjectToSerialize(object obj, Type targetType) => obj is IActor ? ActorReference.Get(obj) : obj;

        public object GetDeserializedObject(object obj, Type targetType) =>
            obj is IActorReference reference && typeof(IActor).IsAssignableFrom(targetType) ? reference.Bind(targetType) : obj;
    }
}
