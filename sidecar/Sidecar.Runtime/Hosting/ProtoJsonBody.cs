using System.Text;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Sidecar.Runtime.Errors;

namespace Sidecar.Runtime.Hosting;

/// <summary>Request bodies that are a protobuf message as JSON (<c>UniversalHTTPHandler</c> of daprd).</summary>
internal static class ProtoJsonBody
{
    private static readonly JsonParser s_parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    /// <summary>Reads the message; an empty body is an empty one.</summary>
    /// <exception cref="DaprApiException">The body is no such message.</exception>
    public static async ValueTask<T> ReadProtoAsync<T>(this HttpContext http)
        where T : class, IMessage<T>, new()
    {
        var body = await http.ReadBodyAsync();
        try
        {
            return body.Length == 0 ? new T() : s_parser.Parse<T>(Encoding.UTF8.GetString(body));
        }
        catch (Exception error) when (error is InvalidProtocolBufferException or InvalidJsonException or FormatException or OverflowException)
        {
            throw new DaprApiException("ERR_MALFORMED_REQUEST", 400, 3, $"failed deserializing HTTP body: {error.Message}", error);
        }
    }
}
