using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sidecar.Runtime.Errors;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.State;

namespace Sidecar.Runtime.Bindings;

/// <summary>The bindings API over HTTP.</summary>
public static class BindingsHttpApi
{
    private static readonly string[] s_write = [HttpMethods.Post, HttpMethods.Put];
    private static readonly JsonSerializerOptions s_json = new() { PropertyNameCaseInsensitive = true };
    private static readonly byte[] s_null = "null"u8.ToArray();

    /// <summary>Maps <c>/v1.0/bindings</c>.</summary>
    public static void MapBindingsApi(this IEndpointRouteBuilder routes) => routes.MapMethods("/v1.0/bindings/{name}", s_write, InvokeAsync);

    private static async Task InvokeAsync(HttpContext http)
    {
        var name = http.RouteText("name");
        var request = await ReadAsync(http);
        BindingResponse? response;
        try
        {
            response = await http.GetBlock<BindingsBlock>().InvokeAsync(name, request, http.RequestAborted);
        }
        catch (BindingException error)
        {
            // What came back is told all the same; a thrown error would begin the answer anew.
            Tell(http, error.Response);
            await DaprErrorResponse.WriteAsync(http, BindingErrors.InvokeFailed(name, error));
            return;
        }
        catch (Exception error) when (error is not (OperationCanceledException or DaprApiException))
        {
            throw BindingErrors.InvokeFailed(name, error);
        }

        if (response is null)
        {
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        Tell(http, response);
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = response.Data.Length;
        await http.Response.BodyWriter.WriteAsync(response.Data, http.RequestAborted);
    }

    private static async Task<BindingRequest> ReadAsync(HttpContext http)
    {
        try
        {
            var body = JsonSerializer.Deserialize<Body>(await http.ReadBodyAsync(), s_json) ?? new Body(null, null, null);
            // Data is always JSON here, decoded and written anew by daprd: nothing is null.
            var data = body.Data is { ValueKind: not JsonValueKind.Undefined } given ? GoJson.Of(given) : s_null;
            return new BindingRequest(body.Operation ?? "", data, TracedMetadata.Of(body.Metadata, http.Request.Headers.TraceParent));
        }
        catch (JsonException error)
        {
            throw new DaprApiException("ERR_MALFORMED_REQUEST", 400, 3, $"failed deserializing HTTP body: {error.Message}", error);
        }
    }

    private static void Tell(HttpContext http, BindingResponse response)
    {
        foreach (var (key, value) in response.Metadata)
            http.Response.Headers["metadata." + key] = value;
    }

    private sealed record Body(JsonElement? Data, Dictionary<string, string>? Metadata, string? Operation);
}
