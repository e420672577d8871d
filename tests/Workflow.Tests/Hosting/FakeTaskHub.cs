using System.Net;
using System.Threading.Channels;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Grpc.Server;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Workflow;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Workflow.Tests.Hosting;

/// <summary>The sidecar's side of the workflow protocol, without an engine: hands out the work items it is given and records what comes back.</summary>
internal sealed class FakeTaskHub : IAsyncDisposable
{
    private readonly WebApplication _app;
    private Channel<WorkItem> _items = Channel.CreateUnbounded<WorkItem>();

    private FakeTaskHub(WebApplication app) => _app = app;

    public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    /// <summary>Every request but Hello, in the order of arrival, with the token it carried.</summary>
    public Channel<(IMessage Message, GrpcMetadata Metadata)> Requests { get; } = Channel.CreateUnbounded<(IMessage, GrpcMetadata)>();

    /// <summary>Answers GetInstance and the two waits.</summary>
    public Func<GetInstanceRequest, GetInstanceResponse> OnGetInstance { get; set; } = _ => new GetInstanceResponse();

    /// <summary>How often a worker's answer is refused as if the sidecar were not there.</summary>
    public int Refusals { get; set; }

    public static async Task<FakeTaskHub> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        var app = builder.Build();
        var hub = new FakeTaskHub(app);
        app.MapGrpcUnary(TaskHubMethods.Hello, (_, _) => Task.FromResult(new Empty()));
        app.MapGrpcServerStream(TaskHubMethods.GetWorkItems, async (request, responses, call) =>
        {
            hub.Record(request, call);
            await foreach (var item in hub._items.Reader.ReadAllAsync(call.CancellationToken))
                await responses.WriteAsync(item);
        });
        hub.Map(app, TaskHubMethods.CompleteOrchestratorTask, _ => hub.Take());
        hub.Map(app, TaskHubMethods.CompleteActivityTask, _ => hub.Take());
        hub.Map(app, TaskHubMethods.StartInstance, request => new CreateInstanceResponse { InstanceId = request.InstanceId });
        hub.Map(app, TaskHubMethods.GetInstance, request => hub.OnGetInstance(request));
        hub.Map(app, TaskHubMethods.WaitForInstanceStart, request => hub.OnGetInstance(request));
        hub.Map(app, TaskHubMethods.WaitForInstanceCompletion, request => hub.OnGetInstance(request));
        hub.Map(app, TaskHubMethods.RaiseEvent, _ => new RaiseEventResponse());
        hub.Map(app, TaskHubMethods.TerminateInstance, _ => new TerminateResponse());
        hub.Map(app, TaskHubMethods.SuspendInstance, _ => new SuspendResponse());
        hub.Map(app, TaskHubMethods.ResumeInstance, _ => new ResumeResponse());
        hub.Map(app, TaskHubMethods.PurgeInstances, _ => new PurgeInstancesResponse { DeletedInstanceCount = 2 });
        hub.Map(app, TaskHubMethods.ListInstanceIds, request => new ListInstanceIDsResponse { InstanceIds = { "a", "b" }, ContinuationToken = request.ContinuationToken + "+" });
        hub.Map(app, TaskHubMethods.GetInstanceHistory, request => new GetInstanceHistoryResponse { Events = { hub.History } });
        hub.Map(app, TaskHubMethods.RerunWorkflowFromEvent, request => new RerunWorkflowFromEventResponse { NewInstanceID = request.NewInstanceID });
        await app.StartAsync();
        return hub;
    }

    public List<HistoryEvent> History { get; } = [];

    public void Send(WorkItem item) => Assert.True(_items.Writer.TryWrite(item));

    /// <summary>Ends the stream of the connected worker; the next worker gets a new one.</summary>
    public void EndStream()
    {
        var ended = _items;
        _items = Channel.CreateUnbounded<WorkItem>();
        ended.Writer.Complete();
    }

    public async Task<(T Message, GrpcMetadata Metadata)> NextAsync<T>() where T : IMessage
    {
        var (message, metadata) = await Requests.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        return (Assert.IsType<T>(message), metadata);
    }

    public ValueTask DisposeAsync()
    {
        _items.Writer.TryComplete();
        return _app.DisposeAsync();
    }

    private void Map<TRequest, TResponse>(WebApplication app, GrpcMethod<TRequest, TResponse> method, Func<TRequest, TResponse> answer)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() =>
        app.MapGrpcUnary(method, (request, call) =>
        {
            Record(request, call);
            return Task.FromResult(answer(request));
        });

    private CompleteTaskResponse Take() =>
        Refusals-- > 0 ? throw new GrpcException(GrpcStatusCode.Unavailable, "the sidecar is not there") : new CompleteTaskResponse();

    private void Record(IMessage request, GrpcServerCall call) => Requests.Writer.TryWrite((request, call.RequestMetadata));
}
