using System.Buffers;
using System.Text.Json;
using Dapr.Protocol.Workflow;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sidecar.Runtime.Hosting;

namespace Sidecar.Runtime.Workflows;

/// <summary>The workflow management API over HTTP.</summary>
public static class WorkflowHttpApi
{
    private static readonly IReadOnlyDictionary<string, string> s_noOptions = new Dictionary<string, string>();

    /// <summary>Maps <c>/v1.0/workflows</c> and its beta and alpha names.</summary>
    public static void MapWorkflowApi(this IEndpointRouteBuilder routes)
    {
        foreach (var version in (string[])["/v1.0", "/v1.0-beta1", "/v1.0-alpha1"])
        {
            var workflows = $"{version}/workflows/{{component}}";
            routes.MapPost($"{workflows}/{{workflow}}/start", StartAsync);
            routes.MapGet($"{workflows}/{{instance}}", GetAsync);
            routes.MapPost($"{workflows}/{{instance}}/terminate", http => DoAsync(http, Management(http).TerminateAsync));
            routes.MapPost($"{workflows}/{{instance}}/pause", http => DoAsync(http, Management(http).PauseAsync));
            routes.MapPost($"{workflows}/{{instance}}/resume", http => DoAsync(http, Management(http).ResumeAsync));
            routes.MapPost($"{workflows}/{{instance}}/purge", http => DoAsync(http, Management(http).PurgeAsync));
            routes.MapPost($"{workflows}/{{instance}}/raiseEvent/{{event}}", RaiseEventAsync);
        }
    }

    private static WorkflowManagement Management(HttpContext http) => new(http.GetBlock<WorkflowBlock>());

    private static async Task StartAsync(HttpContext http)
    {
        var input = await http.ReadBodyAsync();
        var requested = http.Request.Query["instanceID"].ToString();
        var id = await Management(http).StartAsync(http.RouteText("workflow"), requested, input, s_noOptions, http.RequestAborted);
        await WriteAsync(http, StatusCodes.Status202Accepted, json => json.WriteString("instanceID", id));
    }

    private static async Task GetAsync(HttpContext http)
    {
        var id = http.RouteText("instance");
        var state = await Management(http).GetAsync(id, http.RequestAborted) ?? throw WorkflowErrors.NoSuchInstance(id);
        await WriteAsync(http, StatusCodes.Status200OK, json => Write(json, state));
    }

    private static async Task RaiseEventAsync(HttpContext http)
    {
        var data = await http.ReadBodyAsync();
        await Management(http).RaiseEventAsync(http.RouteText("instance"), http.RouteText("event"), data, http.RequestAborted);
        await AcceptAsync(http);
    }

    private static async Task DoAsync(HttpContext http, Func<string, CancellationToken, Task> call)
    {
        await call(http.RouteText("instance"), http.RequestAborted);
        await AcceptAsync(http);
    }

    /// <summary>Dapr answers with its empty message, which is an empty object.</summary>
    private static Task AcceptAsync(HttpContext http) => WriteAsync(http, StatusCodes.Status202Accepted, _ => { });

    private static void Write(Utf8JsonWriter json, WorkflowState state)
    {
        json.WriteString("instanceID", state.InstanceId);
        json.WriteString("workflowName", state.Name);
        WriteTime(json, "createdAt", state.CreatedTimestamp);
        WriteTime(json, "lastUpdatedAt", state.LastUpdatedTimestamp);
        json.WriteString("runtimeStatus", WorkflowStatusNames.Of(state));
        json.WriteStartObject("properties");
        foreach (var (key, value) in WorkflowManagement.PropertiesOf(state))
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }

    private static void WriteTime(Utf8JsonWriter json, string name, Google.Protobuf.WellKnownTypes.Timestamp? time)
    {
        if (time is not null)
        {
            json.WritePropertyName(name);
            json.WriteRawValue(time.ToString());
        }
    }

    private static async Task WriteAsync(HttpContext http, int status, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = buffer.WrittenCount;
        await http.Response.BodyWriter.WriteAsync(buffer.WrittenMemory, http.RequestAborted);
    }
}
