using Sidecar.Runtime.Resiliency;

namespace Sidecar.Runtime.Invocation;

/// <summary>
/// An invocation under a Resiliency policy. An answer outside 200 to 399 is a failure that the policy may retry; when it gives up, the caller gets that answer as it is.
/// A body of unknown length streams, so it is sent once and not retried.
/// </summary>
internal static class InvocationRetries
{
    private const int GrpcUnavailable = 14;

    public static async Task<HttpResponseMessage> SendAsync(
        InvocationCall call, IPolicy policy, Func<InvocationCall, CancellationToken, Task<HttpResponseMessage>> send, CancellationToken cancellationToken)
    {
        await call.BufferAsync(cancellationToken);
        HttpResponseMessage? last = null;
        try
        {
            return await policy.ExecuteAsync(async token =>
            {
                last?.Dispose();
                last = null;
                try
                {
                    last = await send(call, token);
                }
                catch (HttpRequestException e)
                {
                    throw new OperationFailedException($"error invoking app channel: {e.Message}", e) { GrpcStatus = GrpcUnavailable, IsPermanent = call.WasBodyRead };
                }

                if (IsFinal(last, call))
                    return last;
                if (last is GrpcAnswer { Error: { } error })
                    throw new OperationFailedException($"the app answered {error.StatusCode}") { GrpcStatus = (int)error.StatusCode };
                throw new OperationFailedException($"the app answered {(int)last.StatusCode}") { HttpStatus = (int)last.StatusCode, IsPermanent = call.IsStreamed };
            }, cancellationToken);
        }
        catch (OperationFailedException e) when (last is not null && e is not CircuitOpenException)
        {
            return last;
        }
        catch (Exception e) when (e is OperationFailedException or TimeoutException)
        {
            last?.Dispose();
            throw InvocationErrors.Failed(call.Target.Id, e.Message, e);
        }
    }

    /// <summary>True for an answer that no policy looks at: a good one, and to a caller over HTTP whatever an app says over gRPC.</summary>
    private static bool IsFinal(HttpResponseMessage answer, InvocationCall call) =>
        answer is GrpcAnswer grpc ? grpc.Error is null || !call.IsGrpc : (int)answer.StatusCode is >= 200 and <= 399;
}
