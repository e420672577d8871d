using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sidecar.Runtime.Hosting;

namespace Sidecar.Runtime.Jobs;

/// <summary>The jobs API over HTTP.</summary>
public static class JobsHttpApi
{
    /// <summary>Maps <c>/v1.0/jobs</c> and its alpha name.</summary>
    public static void MapJobsApi(this IEndpointRouteBuilder routes)
    {
        foreach (var version in (string[])["/v1.0", "/v1.0-alpha1"])
        {
            routes.MapPost($"{version}/jobs/{{name}}", ScheduleAsync);
            routes.MapGet($"{version}/jobs/{{name}}", GetAsync);
            routes.MapDelete($"{version}/jobs/{{name}}", DeleteAsync);
        }
    }

    private static async Task ScheduleAsync(HttpContext http)
    {
        var block = http.GetBlock<JobsBlock>();
        var body = await http.ReadBodyAsync();
        try
        {
            var (job, overwrite, namesItself) = JobJson.Read(body);
            if (namesItself)
            {
                throw block.Errors.NameInBody();
            }

            job.Name = http.RouteText("name").Trim();
            await block.ScheduleAsync(job, overwrite, http.RequestAborted);
        }
        catch (JsonException error)
        {
            throw JobErrors.Malformed(error.Message);
        }

        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task GetAsync(HttpContext http)
    {
        var job = await http.GetBlock<JobsBlock>().GetAsync(http.RouteText("name"), http.RequestAborted);
        var body = JobJson.Write(job);
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = body.Length;
        await http.Response.BodyWriter.WriteAsync(body, http.RequestAborted);
    }

    private static async Task DeleteAsync(HttpContext http)
    {
        await http.GetBlock<JobsBlock>().DeleteAsync(http.RouteText("name"), http.RequestAborted);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
