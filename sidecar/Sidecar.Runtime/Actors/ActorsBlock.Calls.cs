using Sidecar.Runtime.Errors;
using Sidecar.Runtime.Resiliency;

namespace Sidecar.Runtime.Actors;

internal sealed partial class ActorsBlock
{
    /// <summary>Calls an actor; the caller disposes the answer, whose status is 200.</summary>
    /// <exception cref="DaprApiException">The call is refused, or did not come to a good end.</exception>
    public async Task<HttpResponseMessage> InvokeAsync(ActorCall call, CancellationToken cancellationToken)
    {
        Check(call.Actor);
        if ((ActorNames.Problem(call.Actor.Type) is { } type ? $"invalid actorType: {type}" : ActorNames.Problem(call.Actor.Id) is { } id ? $"invalid actorId: {id}" : null) is { } problem)
            throw ActorErrors.BadRequest(problem);
        try
        {
            call = call with { Method = ActorNames.Method(call.Method) };
        }
        catch (FormatException e)
        {
            throw ActorErrors.BadRequest(e.Message);
        }

        var placement = (await GetSystemAsync(cancellationToken)).Placement;
        try
        {
            return _context.Policies.HasActorPolicy(call.Actor.Type)
                ? await CallUnderPolicyAsync(placement, call, cancellationToken)
                : await placement.CallAsync(call, waitForHost: true, cancellationToken);
        }
        catch (Exception e) when (e is OperationFailedException or TimeoutException)
        {
            throw ActorErrors.InvokeFailed(e.Message, e);
        }
    }

    /// <summary>
    /// Retries and breaker go around the whole call, waiting for the turn included. An answer that carries an error of the app counts as a failed try; when
    /// the policy gives up, the caller gets it as it is.
    /// </summary>
    private async Task<HttpResponseMessage> CallUnderPolicyAsync(ActorPlacement placement, ActorCall call, CancellationToken cancellationToken)
    {
        HttpResponseMessage? last = null;
        try
        {
            return await _context.Policies.ForActorCall(call.Actor.Type, call.Actor.Id).ExecuteAsync(async token =>
            {
                last?.Dispose();
                last = null;
                var response = await placement.CallAsync(call, waitForHost: false, token);
                if (!response.Headers.NonValidated.Contains("X-DaprErrorResponseHeader"))
                    return response;
                last = response;
                throw new ActorCallException("actor error with details in body");
            }, cancellationToken);
        }
        catch (ActorCallException) when (last is not null)
        {
            return last;
        }
    }
}
