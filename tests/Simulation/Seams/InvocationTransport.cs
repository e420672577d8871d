using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Simulation.Faults;
using Simulation.Programs;

namespace Simulation.Seams;

/// <summary>Service invocation from one replica to any replica of another app.</summary>
internal sealed class InvocationTransport(World world, Replica caller, string appId) : HttpMessageHandler
{
    private static readonly Fault[] _faults = [Fault.CrashBefore, Fault.CrashAfter, Fault.Refused, Fault.AnswerLost, Fault.Late, Fault.SideBySide];

    // Nothing is awaited here: HttpClient, which wants no context, goes on within the call that completes the task.
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.PathAndQuery;
        var asked = new TaskCompletionSource<HttpResponseMessage>();
        if (world.Sabotage.AnswerFor(appId, path) is { } instead)
        {
            asked.SetResult(ToMessage(new Answer(200, "application/json", Encoding.UTF8.GetBytes(instead))));
            return asked.Task;
        }

        using var body = new MemoryStream();
        request.Content?.CopyTo(body, null, CancellationToken.None);
        var sent = new Request(request.Method.Method, path, world.Sabotage.Sends(appId, path, body.ToArray()));
        var moment = world.Chance.At(caller.Name, "asks " + appId, path, _faults);
        world.Timeline.After(moment.Before, () => Arrive(sent, moment, asked));
        return asked.Task;
    }

    private static HttpResponseMessage ToMessage(Answer answer)
    {
        var content = new ReadOnlyMemoryContent(answer.Body);
        content.Headers.ContentType = answer.ContentType is { } type ? MediaTypeHeaderValue.Parse(type) : null;
        return new HttpResponseMessage((HttpStatusCode)answer.Status) { Content = content };
    }

    private void Arrive(Request request, Moment moment, TaskCompletionSource<HttpResponseMessage> asked)
    {
        switch (moment.Fault)
        {
            case Fault.CrashBefore:
                caller.Crash($"before it asks {appId} for {request.Path}");
                return;
            case Fault.Refused:
                world.Tell($"!! {caller} cannot reach {appId} for {request.Path}");
                Fail("connection refused");
                return;
        }

        if (world.AnyReplica(appId, moment.Draw) is not { } target)
        {
            Fail("ERR_DIRECT_INVOKE: no replica answers");
            return;
        }

        world.PartnerKeys.Asked(caller, request);
        if (moment.Fault == Fault.SideBySide && world.AnyReplica(appId, moment.Draw >> 7) is { } other)
        {
            world.Tell($"!! {caller}'s request {request.Path} reaches {appId} twice");
            other.Serve(request, _ => { });
        }

        target.Serve(request, answer =>
        {
            if (answer is null)
            {
                Fail("the connection was reset");
                return;
            }

            world.CheckAnswer(target, request, answer);
            if (Platform.IsPartner(appId) && answer.IsSuccess)
            {
                world.Tell($"{caller} asks {appId}: {request.Path} -> {answer.Text}");
            }

            if (moment.Fault == Fault.CrashAfter)
            {
                caller.Crash($"while {appId} answers {request.Path}");
            }
            else if (moment.Fault == Fault.AnswerLost)
            {
                world.Tell($"!! {caller} never hears what {appId} answered to {request.Path}");
                Fail("the answer was lost");
            }
            else
            {
                Later(() => asked.SetResult(ToMessage(answer)));
            }
        });

        void Fail(string reason) => Later(() => asked.SetException(new HttpRequestException($"{appId}: {reason}")));

        void Later(Action complete) => world.Timeline.After(moment.After, () =>
        {
            if (caller.IsAlive)
            {
                Timeline.Wake(complete);
            }
        });
    }
}
