using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sidecar.Runtime.Cryptography.Scheme;
using Sidecar.Runtime.Hosting;

namespace Sidecar.Runtime.Cryptography;

/// <summary>The cryptography API over HTTP: a document is the body, and headers say how.</summary>
public static class CryptographyHttpApi
{
    private const string KeyName = "dapr-key-name";
    private const string KeyWrapAlgorithm = "dapr-key-wrap-algorithm";

    /// <summary>Maps <c>/v1.0-alpha1/crypto/{name}/encrypt</c> and <c>/decrypt</c>.</summary>
    public static void MapCryptographyApi(this IEndpointRouteBuilder routes)
    {
        routes.MapPut("/v1.0-alpha1/crypto/{name}/encrypt", EncryptAsync);
        routes.MapPut("/v1.0-alpha1/crypto/{name}/decrypt", DecryptAsync);
    }

    private static async Task EncryptAsync(HttpContext http)
    {
        var message = await TakeAsync(http);
        var options = new EncryptionOptions(
            Required(http, KeyName),
            Required(http, KeyWrapAlgorithm),
            Text(http, "dapr-data-encryption-cipher"),
            Text(http, "dapr-decryption-key-name"),
            Text(http, "dapr-omit-decryption-key-name").Trim().ToUpperInvariant() is "TRUE" or "YES" or "Y" or "ON" or "T" or "1");
        await AnswerAsync(http, http.GetBlock<CryptographyBlock>().EncryptAsync(http.RouteText("name"), message, options, http.RequestAborted));
    }

    private static async Task DecryptAsync(HttpContext http)
    {
        var document = await TakeAsync(http);
        await AnswerAsync(http, http.GetBlock<CryptographyBlock>().DecryptAsync(http.RouteText("name"), document, Text(http, KeyName), http.RequestAborted));
    }

    /// <summary>The whole body before anything is refused, as daprd takes it: a client that is still sending would see its connection closed instead of the answer.</summary>
    private static async Task<PipeReader> TakeAsync(HttpContext http) => PipeReader.Create(new ReadOnlySequence<byte>(await http.ReadBodyAsync()));

    /// <summary>The whole answer at once: what is wrong with the last segment is to be an error and not a body that is cut. A body is no larger than the sidecar allows.</summary>
    private static async Task AnswerAsync(HttpContext http, IAsyncEnumerable<ReadOnlyMemory<byte>> pieces)
    {
        using var answer = new MemoryStream();
        await foreach (var piece in pieces)
            await answer.WriteAsync(piece, http.RequestAborted);
        http.Response.ContentType = "application/octet-stream";
        http.Response.ContentLength = answer.Length;
        await http.Response.BodyWriter.WriteAsync(answer.GetBuffer().AsMemory(0, (int)answer.Length), http.RequestAborted);
    }

    private static string Text(HttpContext http, string header) => http.Request.Headers[header].ToString();

    private static string Required(HttpContext http, string header) =>
        Text(http, header) is { Length: > 0 } text ? text : throw CryptographyErrors.BadRequest($"missing header '{header}'");
}
