using System.CommandLine;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Workflow;
using Microsoft.Extensions.Logging.Abstractions;
using Sidecar.Cli.Tests.Running;
using Sidecar.Cli.Workflows;
using Sidecar.Components;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;
using Sidecar.Runtime.State;

namespace Sidecar.Cli.Tests.Workflows;

/// <summary>What a command said and how it ended.</summary>
internal sealed record Said(int ExitCode, string Output, string Error);

/// <summary>A run of one app with workflows on SQLite, started and stopped as a person does; its worker lives in the test.</summary>
internal sealed class WorkflowApp : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new TemporaryFolder().WithFolder("a").WithFolder("res")
        .WithFile("dapr.yaml", "version: 1\nname: test\ncommon: {resourcesPaths: [res]}\napps:\n- {appID: orders, appDirPath: a, command: [sh, -c, \"exec sleep 600\"]}\n")
        .WithFile("res/store.yaml", """
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata: {name: store}
            spec:
              type: state.sqlite
              version: v1
              metadata:
              - {name: connectionString, value: state.db}
              - {name: actorStateStore, value: "true"}
            """);

    private CancellationTokenSource _hangUp = new();
    private HostProcess? _host;
    private GrpcChannel? _channel;
    private Task _worker = Task.CompletedTask;

    public string Folder => _folder.Path;

    public async Task StartAsync()
    {
        _host = new HostProcess(_folder.Path, "run", "-f", ".", "--ready-file", _folder["ready.json"]);
        var ready = await _host.ReadyAsync(_folder["ready.json"]);
        _hangUp = new CancellationTokenSource();
        _channel = new GrpcChannel(new Uri($"http://127.0.0.1:{ready.Apps[0].GrpcPort}"));
        _worker = WorkAsync(_channel, _hangUp.Token);
    }

    /// <summary>Starts a workflow: Quick ends at once with its input, Fails fails, Waits ends with the payload of its first event.</summary>
    public async Task BeginAsync(string name, string id, string input = "\"in\"") =>
        await _channel!.UnaryAsync(TaskHubMethods.StartInstance, new CreateInstanceRequest { InstanceId = id, Name = name, Input = input });

    public async Task EndedAsync(string id) => await _channel!.UnaryAsync(TaskHubMethods.WaitForInstanceCompletion, new GetInstanceRequest { InstanceId = id });

    public async Task StopAsync()
    {
        await _hangUp.CancelAsync();
        await _worker;
        _channel?.Dispose();
        if (_host is not null)
        {
            _host.Terminate();
            Assert.Equal(0, await _host.ExitedAsync());
            _host.Dispose();
            _host = null;
        }
    }

    /// <summary>Runs <c>sidecar workflows …</c> in this process.</summary>
    public async Task<Said> SayAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var root = new RootCommand { WorkflowsCommand.Create() };
        var code = await root.Parse(["workflows", .. arguments, "-f", _folder.Path]).InvokeAsync(new InvocationConfiguration { Output = output, Error = error });
        return new Said(code, output.ToString(), error.ToString());
    }

    /// <summary>Deletes a key of a stopped app's store.</summary>
    public async Task DeleteAsync(string key)
    {
        await using var shared = new SharedInstances();
        var component = new Component { Name = "store", Type = "state.sqlite", Metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["connectionString"] = "state.db" } };
        var context = new ComponentContext { AppId = "orders", AppDirectory = _folder["a"], HostDirectory = _folder.Path, Loggers = NullLoggerFactory.Instance, Shared = shared };
        await using var store = (IStateStore)await BuiltInComponents.All.Single(factory => factory.Type == component.Type).CreateAsync(component, context, CancellationToken.None);
        Assert.NotNull(await store.GetAsync(key, CancellationToken.None));
        await store.ExecuteAsync(new DeleteState(key), CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _hangUp.CancelAsync();
        await _worker;
        _channel?.Dispose();
        _host?.Dispose();
        _hangUp.Dispose();
        _folder.Dispose();
    }

    private static async Task WorkAsync(GrpcChannel channel, CancellationToken hangUp)
    {
        try
        {
            await foreach (var item in channel.ServerStreamAsync(TaskHubMethods.GetWorkItems, new GetWorkItemsRequest(), cancellationToken: hangUp))
            {
                var response = new WorkflowResponse { InstanceId = item.WorkflowRequest.InstanceId, CompletionToken = item.CompletionToken };
                response.Actions.AddRange(Decide([.. item.WorkflowRequest.PastEvents, .. item.WorkflowRequest.NewEvents]));
                response.CustomStatus = "\"looking\"";
                await channel.UnaryAsync(TaskHubMethods.CompleteWorkflowTask, response, cancellationToken: hangUp);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or GrpcException)
        {
            // The test hung up, or the host stopped.
        }
    }

    private static IEnumerable<WorkflowAction> Decide(List<HistoryEvent> history)
    {
        var start = history.First(e => e.ExecutionStarted is not null).ExecutionStarted;
        var complete = new CompleteWorkflowAction { WorkflowStatus = OrchestrationStatus.Completed, Result = start.Input };
        if (start.Name == "Fails")
        {
            complete = new CompleteWorkflowAction { WorkflowStatus = OrchestrationStatus.Failed, FailureDetails = new TaskFailureDetails { ErrorType = "Boom", ErrorMessage = "no stock" } };
        }
        else if (start.Name == "Waits")
        {
            if (history.Find(e => e.EventRaised is not null) is not { } raised)
                return [];
            complete.Result = raised.EventRaised.Input;
        }

        return [new WorkflowAction { Id = 0, CompleteWorkflow = complete }];
    }
}
