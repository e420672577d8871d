using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sidecar.Cli.Output;

/// <summary>A status line in the form of dapr's <c>--log-as-json</c>.</summary>
internal sealed record StatusJson(DateTimeOffset Time, string Status, string Msg)
{
    private static readonly StatusJsonContext s_context = new(new JsonSerializerOptions(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public static string Of(StatusMark mark, string line) => JsonSerializer.Serialize(new StatusJson(DateTimeOffset.UtcNow, NameOf(mark), line), s_context.StatusJson);

    private static string NameOf(StatusMark mark) => mark switch
    {
        StatusMark.Success => "success",
        StatusMark.Failure => "failure",
        StatusMark.Warning => "warning",
        _ => "info",
    };
}

/// <summary>JSON of the status lines.</summary>
[JsonSerializable(typeof(StatusJson))]
internal sealed partial class StatusJsonContext : JsonSerializerContext;
