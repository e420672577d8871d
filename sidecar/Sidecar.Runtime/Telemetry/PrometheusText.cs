using System.Text;
using Microsoft.AspNetCore.Http;
using Sidecar.Runtime.Hosting;

namespace Sidecar.Runtime.Telemetry;

/// <summary>The metrics port: Prometheus text.</summary>
internal static class PrometheusText
{
    public static async Task WriteAsync(HttpContext http, SidecarInstance sidecar)
    {
        var text = new StringBuilder(4096);
        if (sidecar.Context.Resources.Configuration.MetricsEnabled)
            sidecar.Context.Metrics.Write(text, sidecar.Options.AppId);
        http.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        await http.Response.WriteAsync(text.ToString(), http.RequestAborted);
    }

    /// <summary>Name and labels of one line; <paramref name="bound"/> is the <c>le</c> of a bucket.</summary>
    public static void AppendSeries(StringBuilder text, string name, string appId, string[] labels, LabelValues values, string? bound = null)
    {
        text.Append(name).Append("{app_id=\"");
        AppendEscaped(text, appId);
        for (var i = 0; i < labels.Length; i++)
        {
            text.Append("\",").Append(labels[i]).Append("=\"");
            AppendEscaped(text, values[i] ?? "");
        }

        if (bound is not null)
            text.Append("\",le=\"").Append(bound);
        text.Append("\"}");
    }

    private static void AppendEscaped(StringBuilder text, string value)
    {
        foreach (var c in value)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                _ => text.Append(c),
            };
        }
    }
}
