using System.Runtime.Serialization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Dapr.Actors;

namespace Sdk.Tests.Actors;

/// <summary>
/// What typed proxies and their hosts say to each other. The contracts here are written out from the wire of the official SDK, on their own; nothing
/// of the SDK under test writes or reads them.
/// </summary>
public sealed class RemotingTests
{
    [DataContract(Name = "msgBodywrapped", Namespace = "urn:actors")]
    private class Wrapped
    {
        [DataMember(Name = "value", IsRequired = true, Order = 1)]
        public object? Value { get; set; }
    }

    [DataContract(Name = "WrappedMsgBody", Namespace = "urn:actors")]
    private sealed class Message : Wrapped;

    [DataContract(Name = "AddAsyncReqBody", Namespace = "urn:actors")]
    private sealed class AddRequest
    {
        [DataMember(Name = "amount")]
        public int Amount { get; set; }
    }

    [DataContract(Name = "AddAsyncRespBody", Namespace = "urn:actors")]
    private sealed class AddResponse
    {
        [DataMember(Name = "retVal")]
        public int Result { get; set; }
    }

    [DataContract(Name = "ActorInvokeExceptionData", Namespace = "urn:actors")]
    private sealed class ExceptionData
    {
        [DataMember]
        public string? Type { get; set; }

        [DataMember]
        public string? Message { get; set; }
    }

    [Fact]
    public async Task A_typed_call_is_a_header_in_xml_and_a_body_in_binary_xml()
    {
        await using var world = await ActorWorld.StartAsync();

        var count = await world.CounterOf("c 1").AddAsync(3);

        Assert.Equal(3, count);
        var call = Assert.Single(world.CallsOf("/method/AddAsync"));
        Assert.Equal(("PUT", "/v1.0/actors/Counter/c 1/method/AddAsync"), (call.Method, call.Path));
        Assert.Equal("application/octet-stream; charset=utf-8", call.Headers["Content-Type"]);
        var message = (Message)Serializer(typeof(Message), typeof(AddRequest)).ReadObject(XmlDictionaryReader.CreateBinaryReader(call.Body, XmlDictionaryReaderQuotas.Max))!;
        Assert.Equal(3, ((AddRequest)message.Value!).Amount);
    }

    [Fact]
    public async Task The_header_names_interface_and_method_by_the_checksum_of_their_names()
    {
        await using var world = await ActorWorld.StartAsync();

        await world.CounterOf("Zoë").AddAsync(3);

        XNamespace actors = "urn:actors";
        var header = XElement.Parse(Assert.Single(world.CallsOf("/method/AddAsync")).Headers["X-DaprRequestHeader"]);
        Assert.Equal("{http://schemas.microsoft.com/2003/10/Serialization/}anyType", header.Name.ToString());
        Assert.EndsWith(":ActorHeader", header.Attributes().Single(attribute => attribute.Name.LocalName == "type").Value, StringComparison.Ordinal);
        Assert.Equal(
            ["MethodId", "InterfaceId", "ActorId", "CallContext", "Headers", "MethodName", "ActorType"], header.Elements().Select(element => element.Name.LocalName));
        Assert.Equal(Checksum("Sdk.Tests.ActorsICounter"), (int)header.Element(actors + "InterfaceId")!);
        Assert.Equal(Checksum("ICounterSdk.Tests.ActorsAddAsync"), (int)header.Element(actors + "MethodId")!);
        Assert.Equal("Zoë", header.Element(actors + "ActorId")!.Value);
        Assert.Equal(("AddAsync", "Counter"), (header.Element(actors + "MethodName")!.Value, header.Element(actors + "ActorType")!.Value));
    }

    [Fact]
    public void The_checksum_is_the_low_half_of_CRC_64_WE()
    {
        // The check value of the catalogue of CRCs.
        Assert.Equal(unchecked((int)0x62EC59E3F1A4F00A), Checksum("123456789"));
    }

    [Fact]
    public async Task A_host_understands_what_the_official_SDK_sends_and_answers_alike()
    {
        await using var world = await ActorWorld.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Put, "/actors/Counter/c-1/method/AddAsync");
        request.Headers.Add("X-DaprRequestHeader", Header("ICounter", "AddAsync"));
        request.Content = new ByteArrayContent(Write(new Message { Value = new AddRequest { Amount = 4 } }, typeof(AddRequest)));

        using var response = await world.App.SendAsync(request);

        Assert.False(response.Headers.Contains("X-DaprErrorResponseHeader"));
        var body = await response.Content.ReadAsByteArrayAsync();
        var message = (Message)Serializer(typeof(Message), typeof(AddResponse)).ReadObject(XmlDictionaryReader.CreateBinaryReader(body, XmlDictionaryReaderQuotas.Max))!;
        Assert.Equal(4, ((AddResponse)message.Value!).Result);
    }

    [Fact]
    public async Task A_method_without_arguments_and_result_has_no_bodies()
    {
        await using var world = await ActorWorld.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Put, "/actors/Counter/c-1/method/ResetAsync");
        request.Headers.Add("X-DaprRequestHeader", Header("ICounter", "ResetAsync"));

        using var response = await world.App.SendAsync(request);
        await world.CounterOf("c-1").ResetAsync();

        Assert.True(response.IsSuccessStatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
        Assert.Empty(Assert.Single(world.CallsOf("/method/ResetAsync")).Body);
    }

    [Fact]
    public async Task An_exception_is_an_answer_with_a_header_of_its_own()
    {
        await using var world = await ActorWorld.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Put, "/actors/Counter/c-1/method/AddAsync");
        request.Headers.Add("X-DaprRequestHeader", Header("ICounter", "AddAsync"));

        using var response = await world.App.SendAsync(request);

        Assert.True(response.IsSuccessStatusCode);
        var header = new XmlDocument();
        header.LoadXml(response.Headers.GetValues("X-DaprErrorResponseHeader").Single());

        // The official client looks for the second of these, by its prefix.
        var details = header.GetElementsByTagName("b:KeyValueOfstringbase64Binary").Item(1)!.LastChild!.InnerText;
        Assert.Contains("Exception: ArgumentException, Method Name: ", Encoding.UTF8.GetString(Convert.FromBase64String(details)), StringComparison.Ordinal);
        var body = await response.Content.ReadAsByteArrayAsync();
        var data = (ExceptionData)new DataContractSerializer(typeof(ExceptionData)).ReadObject(XmlDictionaryReader.CreateBinaryReader(body, XmlDictionaryReaderQuotas.Max))!;
        Assert.Equal("System.ArgumentException", data.Type);
        Assert.Contains("without its arguments", data.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_header_that_is_none_and_a_body_that_is_none_are_exceptions_of_the_call()
    {
        await using var world = await ActorWorld.StartAsync();
        foreach (var (header, body) in new[] { ("<x/>", ""), (Header("ICounter", "AddAsync"), "rubbish"), (Header("IStranger", "AddAsync"), "") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, "/actors/Counter/c-1/method/AddAsync");
            request.Headers.Add("X-DaprRequestHeader", header);
            request.Content = new StringContent(body);

            using var response = await world.App.SendAsync(request);

            Assert.True(response.Headers.Contains("X-DaprErrorResponseHeader"), header);
        }
    }

    [Fact]
    public async Task With_json_the_arguments_are_properties_of_value()
    {
        await using var world = await ActorWorld.StartAsync(options => options.UseJsonSerialization = true);
        var counter = world.Proxies.CreateActorProxy<ICounter>(new ActorId("c-1"), nameof(Counter), new() { HttpEndpoint = world.Endpoint, UseJsonSerialization = true });

        var parcel = await counter.PackAsync(new Parcel { Content = "tea", Weight = 1.5m }, ["fragile"], new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero));

        Assert.Equal(("tea (fragile, 2026-01-02)", 1.5m), (parcel.Content, parcel.Weight));
        Assert.Equal(
            """{"value":{"parcel":{"content":"tea","weight":1.5,"stamps":{}},"labels":["fragile"],"when":"2026-01-02T00:00:00+00:00"}}""",
            Assert.Single(world.CallsOf("/method/PackAsync")).Text);
        Assert.Equal(5, await counter.AddAsync(5));
        Assert.Equal("Counter c-1", await counter.NameAsync());
    }

    private static string Header(string contract, string method) =>
        $"""
        <anyType xmlns="http://schemas.microsoft.com/2003/10/Serialization/" xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:type="a:ActorHeader" xmlns:a="urn:actors">
        <a:MethodId>{Checksum($"{contract}Sdk.Tests.Actors{method}")}</a:MethodId><a:InterfaceId>{Checksum($"Sdk.Tests.Actors{contract}")}</a:InterfaceId>
        <a:ActorId xmlns:b="http://schemas.datacontract.org/2004/07/Dapr.Actors"><b:ActorId>c-1</b:ActorId></a:ActorId><a:CallContext>x</a:CallContext>
        <a:Headers xmlns:b="http://schemas.microsoft.com/2003/10/Serialization/Arrays"/><a:MethodName>{method}</a:MethodName><a:ActorType>Counter</a:ActorType></anyType>
        """.ReplaceLineEndings(string.Empty);

    private static DataContractSerializer Serializer(Type type, Type inside) => new(type, [inside]);

    private static byte[] Write(Message message, Type inside)
    {
        using var stream = new MemoryStream();
        using (var writer = XmlDictionaryWriter.CreateBinaryWriter(stream, null, null, ownsStream: false))
            Serializer(typeof(Message), inside).WriteObject(writer, message);

        return stream.ToArray();
    }

    /// <summary>CRC-64/WE bit by bit.</summary>
    private static int Checksum(string name)
    {
        var register = ulong.MaxValue;
        foreach (var value in Encoding.UTF8.GetBytes(name))
        {
            register ^= (ulong)value << 56;
            for (var bit = 0; bit < 8; bit++)
                register = (register >> 63) == 1 ? (register << 1) ^ 0x42F0E1EBA9EA3693 : register << 1;
        }

        return unchecked((int)~register);
    }
}
