using System.Reflection;
using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Dapr.Jobs.Extensions;

/// <summary>Maps the handler of scheduled jobs.</summary>
public static class EndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps <c>POST /job/{jobName}</c>, which the sidecar calls when a job is due. The handler's parameters are found by type: the job's name
    /// (<see cref="string"/>), its payload (<c>ReadOnlyMemory&lt;byte&gt;</c>), a <see cref="CancellationToken"/>, and services. A handler that
    /// throws makes the sidecar apply the job's failure policy.
    /// </summary>
    public static IEndpointRouteBuilder MapDaprScheduledJobHandler(this IEndpointRouteBuilder endpoints, Delegate action, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(action);
        endpoints.MapPost("/job/{jobName}", context => HandleAsync(context, action, timeout));
        return endpoints;
    }

    private static async Task HandleAsync(HttpContext context, Delegate action, TimeSpan? timeout)
    {
        using var limit = timeout is null ? null : CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        if (timeout is { } time)
            limit!.CancelAfter(time);

        var cancellation = limit?.Token ?? context.RequestAborted;
        var name = context.Request.RouteValues["jobName"] as string ?? string.Empty;
        var payload = await ReadAsync(context.Request, cancellation);
        var arguments = action.Method.GetParameters().Select(object? (parameter) => parameter.ParameterType switch
        {
            var type when type == typeof(string) => name,
            var type when type == typeof(ReadOnlyMemory<byte>) => payload,
            var type when type == typeof(CancellationToken) => cancellation,
            var type => context.RequestServices.GetService(type),
        });
        await (Invoke(action, [.. arguments]) switch
        {
            Task task => task,
            ValueTask task => task.AsTask(),
            _ => Task.CompletedTask,
        });
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, CancellationToken cancellation)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellation);
        return body.ToArray();
    }

    private static object? Invoke(Delegate action, object?[] arguments)
    {
        try
        {
            return action.DynamicInvoke(arguments);
        }
        catch (TargetInvocationException error) when (error.InnerException is not null)
        {
            // The handler's own exception is the one to be seen.
            ExceptionDispatchInfo.Throw(error.InnerException);
            throw;
        }
    }
}
