using Microsoft.AspNetCore.Http;

namespace ServiceDefaults.Calls;

/// <summary>Answers what another app has answered: status, body and the headers that say what the body is.</summary>
/// <param name="response">The other app's answer; it is disposed of once it is sent.</param>
/// <param name="patience">How long the body may take.</param>
public sealed class ForwardedAnswer(HttpResponseMessage response, TimeSpan patience) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var _ = response;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted);
        timeout.CancelAfter(patience);
        var answer = httpContext.Response;
        answer.StatusCode = (int)response.StatusCode;
        answer.ContentType = response.Content.Headers.ContentType?.ToString();
        answer.Headers.ETag = response.Headers.ETag?.ToString();
        answer.Headers.Location = response.Headers.Location?.OriginalString;
        if (answer.StatusCode != StatusCodes.Status304NotModified)
        {
            answer.ContentLength = response.Content.Headers.ContentLength;
            await response.Content.CopyToAsync(answer.Body, timeout.Token);
        }
    }
}
