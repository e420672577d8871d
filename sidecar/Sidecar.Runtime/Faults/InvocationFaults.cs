using Sidecar.Runtime.Invocation;

namespace Sidecar.Runtime.Faults;

/// <summary>Fault points of service invocation, on the caller's side: <c>app/invoke:callee</c>. Reading (GET, HEAD) passes none.</summary>
internal sealed class InvocationFaults(FaultPoints points, string appId)
{
    public async Task<HttpResponseMessage> SendAsync(InvocationCall call, Func<Task<HttpResponseMessage>> send, CancellationToken cancellationToken)
    {
        if (call.Verb is "GET" or "HEAD")
            return await send();

        await call.BufferAsync(cancellationToken);
        var point = $"{appId}/invoke:{call.Target.Id}";
        var passage = new Passage(appId, call.Target.Id, [call.Target.Text, call.BodyText]);
        HttpResponseMessage? response = null;
        try
        {
            await points.PassAsync(point + "/before", passage, cancellationToken);
            response = await send();
            await points.PassAsync(point + "/after", passage, cancellationToken);
            return response;
        }
        catch (FaultException fault)
        {
            response?.Dispose();
            throw new HttpRequestException(HttpRequestError.ResponseEnded, fault.Message, fault);
        }
    }
}
