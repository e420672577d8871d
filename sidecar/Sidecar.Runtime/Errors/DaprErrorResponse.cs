using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Sidecar.Runtime.Errors;

/// <summary>Writes refusals as Dapr's error JSON.</summary>
public static class DaprErrorResponse
{
    /// <summary>Domain of every ErrorInfo detail.</summary>
    public const string Domain = "dapr.io";

    private static readonly JsonWriterOptions s_json = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes status, content type and body.</summary>
    public static async Task WriteAsync(HttpContext context, DaprApiException error)
    {
        var body = ToJson(error);
        context.Response.StatusCode = error.HttpStatus;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        await context.Response.BodyWriter.WriteAsync(body, context.RequestAborted);
    }

    /// <summary>The body: <c>errorCode</c>, <c>message</c>, and <c>details</c> when the error has a reason.</summary>
    public static ReadOnlyMemory<byte> ToJson(DaprApiException error)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(buffer, s_json);
        json.WriteStartObject();
        json.WriteString("errorCode", error.ErrorCode);
        json.WriteString("message", error.Message);
        if (error.Reason is not null)
            WriteDetails(json, error);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>In the order in which daprd's builders add them: the reason stands last.</summary>
    private static void WriteDetails(Utf8JsonWriter json, DaprApiException error)
    {
        json.WriteStartArray("details");
        if (error.FieldViolation is { } violation)
        {
            json.WriteStartObject();
            json.WriteString("@type", "type.googleapis.com/google.rpc.BadRequest");
            json.WriteStartArray("field_violations");
            json.WriteStartObject();
            json.WriteString("field", violation.Field);
            json.WriteString("description", violation.Description);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        if (error.Help is { } help)
        {
            json.WriteStartObject();
            json.WriteString("@type", "type.googleapis.com/google.rpc.Help");
            json.WriteStartArray("links");
            json.WriteStartObject();
            json.WriteString("description", help.Description);
            json.WriteString("url", help.Url);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        if (error.ResourceType is not null)
        {
            json.WriteStartObject();
            json.WriteString("@type", "type.googleapis.com/google.rpc.ResourceInfo");
            json.WriteString("resource_type", error.ResourceType);
            json.WriteString("resource_name", error.ResourceName ?? "");
            json.WriteString("owner", error.ResourceOwner ?? "");
            json.WriteString("description", error.ResourceDescription ?? "");
            json.WriteEndObject();
        }

        json.WriteStartObject();
        json.WriteString("@type", "type.googleapis.com/google.rpc.ErrorInfo");
        json.WriteString("reason", error.Reason);
        json.WriteString("domain", Domain);
        WriteMetadata(json, error.Metadata);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteMetadata(Utf8JsonWriter json, IReadOnlyDictionary<string, string>? metadata)
    {
        if (metadata is null)
        {
            json.WriteNull("metadata");
            return;
        }

        json.WriteStartObject("metadata");
        foreach (var (key, value) in metadata)
            json.WriteString(key, value);
        json.WriteEndObject();
    }
}
