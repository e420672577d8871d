using System.Text.Json;
using Dapr;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ServiceDefaults.Calls;

namespace ServiceDefaults;

/// <summary>Turns what went wrong into problem details that say what to do about it.</summary>
internal sealed partial class Problems(IProblemDetailsService details, ILogger<Problems> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var (status, title) = exception switch
        {
            BadHttpRequestException { InnerException: JsonException json } => (StatusCodes.Status400BadRequest, $"The body is not the JSON that is expected here: {json.Message}"),
            BadHttpRequestException { StatusCode: StatusCodes.Status415UnsupportedMediaType } => (StatusCodes.Status415UnsupportedMediaType, "Send the body as application/json."),
            BadHttpRequestException bad when bad.Message.StartsWith("Implicit body inferred", StringComparison.Ordinal) => (bad.StatusCode, "The request has no body: send JSON."),
            BadHttpRequestException bad => (bad.StatusCode, bad.Message),
            ImpossibleRequestException => (StatusCodes.Status400BadRequest, exception.Message),
            UnknownException => (StatusCodes.Status404NotFound, exception.Message),
            ConflictException => (StatusCodes.Status409Conflict, exception.Message),
            InvocationRefusedException { StatusCode: { } code } when (int)code is >= 400 and < 500 => ((int)code, exception.Message),
            MissingDependencyException or DaprException or HttpRequestException or TaskCanceledException =>
                (StatusCodes.Status503ServiceUnavailable, $"Something this needs does not answer, try again: {exception.Cause()}"),
            _ => (StatusCodes.Status500InternalServerError, "An unexpected error happened; the service's log has it."),
        };
        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            LogUnavailable(logger, httpContext.Request.Method, httpContext.Request.Path, exception.Cause());
        }
        else if (status >= 500)
        {
            LogFailed(logger, httpContext.Request.Method, httpContext.Request.Path, exception);
        }

        httpContext.Response.StatusCode = status;
        if (exception is InvocationRefusedException { MediaType: "application/problem+json" } refused)
        {
            // The service behind has said it well already.
            httpContext.Response.ContentType = refused.MediaType;
            await httpContext.Response.WriteAsync(refused.Content, cancellationToken);
            return true;
        }

        return await details.TryWriteAsync(new ProblemDetailsContext { HttpContext = httpContext, Exception = exception, ProblemDetails = { Status = status, Detail = title } });
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Method} {Path} has to come again: {Reason}")]
    private static partial void LogUnavailable(ILogger logger, string method, PathString path, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private static partial void LogFailed(ILogger logger, string method, PathString path, Exception exception);
}
