using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Sidecar.Runtime.Resiliency;

namespace Sidecar.Runtime.Invocation;

/// <summary>
/// An invocation under a Resiliency policy. An answer outside 200 to 399 is a failure that the policy may retry; when it gives up, the caller gets that answer as it is.
/// A body of unknown length streams, so it is sent once and not retried.
/// </summary>
internal static class InvocationRetries
{
    public static async Task<HttpResponseMessage> SendAsync(
        HttpRequest request, IPolicy policy, Func<Func<HttpContent?>, CancellationToken, Task<HttpResponseMessage>> send, string target, CancellationToken cancellationToken)
    {
        var hasBody = request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true;
        var isStreamed = hasBody && request.ContentLength is null;
        byte[]? body = null;
        if (hasBody && !isStreamed)
        {
            body = new byte[(int)request.ContentLength!.Value];
            await request.Body.ReadExactlyAsync(body, cancellationToken);
        }

        HttpResponseMessage? last = null;
        try
        {
            return await policy.ExecuteAsync(async token =>
            {
                last?.Dispose();
                last = null;
                RequestBodyContent? streamed = null;
                try
                {
                    last = await send(() => isStreamed ? streamed = new RequestBodyContent(request) : body is not null ? new ByteArrayContent(body) : null, token);
                }
                catch (HttpRequestException e)
                {
                    throw new OperationFailedException($"error invoking app channel: {e.Message}", e)
                    {
                        GrpcStatus = 14,
                        IsPermanent = streamed is { WasRead: true },
                    };
                }

                if ((int)last.StatusCode is >= 200 and <= 399)
                    return last;
                throw new OperationFailedException($"status {(int)last.StatusCode}") { HttpStatus = (int)last.StatusCode, IsPermanent = isStreamed };
            }, cancellationToken);
        }
        catch (OperationFailedException) when (last is not null)
        {
            return last;
        }
        catch (Exception e) when (e is OperationFailedException or TimeoutException)
        {
            throw InvocationErrors.Failed(target, e.Message, e);
        }
    }
}
