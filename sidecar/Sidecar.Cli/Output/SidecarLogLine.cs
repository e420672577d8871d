using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Sidecar.Runtime.Hosting;

namespace Sidecar.Cli.Output;

/// <summary>One line of a sidecar's log, with the fields that daprd gives each of its lines.</summary>
internal readonly record struct SidecarLogLine(DateTimeOffset Time, LogLevel Level, string Message, string? AppId, string Scope)
{
    private static readonly string s_instance = Environment.MachineName;
    private static readonly JsonWriterOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private string Stamp => Time.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);

    private string LevelName => Level switch
    {
        LogLevel.Trace or LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warning",
        LogLevel.Critical => "fatal",
        _ => "error",
    };

    /// <summary>daprd's text form: <c>time="…" level=info msg="…" app_id=orders …</c>.</summary>
    public override string ToString()
    {
        var line = new StringBuilder("time=\"").Append(Stamp).Append("\" level=").Append(LevelName).Append(" msg=\"").Append(Escaped(Message)).Append('"');
        if (AppId is not null)
            line.Append(" app_id=").Append(AppId);
        return line.Append(" instance=").Append(s_instance).Append(" scope=").Append(Scope).Append(" type=log ver=").Append(SidecarHost.DaprVersion).ToString();
    }

    /// <summary>daprd's JSON form.</summary>
    public string ToJson()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, s_json))
        {
            json.WriteStartObject();
            if (AppId is not null)
                json.WriteString("app_id", AppId);
            json.WriteString("instance", s_instance);
            json.WriteString("level", LevelName);
            json.WriteString("msg", Message);
            json.WriteString("scope", Scope);
            json.WriteString("time", Stamp);
            json.WriteString("type", "log");
            json.WriteString("ver", SidecarHost.DaprVersion);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static string Escaped(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\r", "", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
