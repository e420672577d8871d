using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sidecar.Runtime.Hosting;

namespace Sidecar.Runtime.Secrets;

/// <summary>The secrets API over HTTP.</summary>
public static class SecretsHttpApi
{
    private static readonly JsonSerializerOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Maps <c>/v1.0/secrets</c>.</summary>
    public static void MapSecretsApi(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1.0/secrets/{store}/bulk", GetAllAsync);
        routes.MapGet("/v1.0/secrets/{store}/{key}", GetAsync);
    }

    private static async Task GetAsync(HttpContext http)
    {
        var secret = await http.GetBlock<SecretsBlock>().GetAsync(http.RouteText("store"), http.RouteText("key"), http.RequestMetadata(), http.RequestAborted);
        await WriteAsync(http, secret);
    }

    private static async Task GetAllAsync(HttpContext http)
    {
        var secrets = await http.GetBlock<SecretsBlock>().GetAllAsync(http.RouteText("store"), http.RequestMetadata(), http.RequestAborted);
        await WriteAsync(http, secrets);
    }

    private static async Task WriteAsync<T>(HttpContext http, T answer)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(answer, s_json);
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = body.Length;
        await http.Response.BodyWriter.WriteAsync(body, http.RequestAborted);
    }
}
