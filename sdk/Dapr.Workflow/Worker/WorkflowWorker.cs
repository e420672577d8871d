using System.Collections.Concurrent;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
using Dapr.Workflow.Worker.Execution;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Wire = Dapr.Protocol.Workflow;

namespace Dapr.Workflow.Worker;

/// <summary>Takes work items from the sidecar as long as the app runs, and connects again whenever the stream ends.</summary>
internal sealed partial class WorkflowWorker(
    GrpcChannel channel, WorkflowExecutor workflows, ActivityExecutor activities, IServiceScopeFactory scopes, TimeProvider time, ILogger<WorkflowWorker> logger) : BackgroundService
{
    private const int MaxConcurrentItems = 100;
    private static readonly TimeSpan HelloInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FirstReconnectDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestReconnectDelay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FirstAnswerDelay = TimeSpan.FromMilliseconds(100);
    private const int AnswerAttempts = 5;

    private readonly SemaphoreSlim _workflowSlots = new(MaxConcurrentItems);
    private readonly SemaphoreSlim _activitySlots = new(MaxConcurrentItems);
    private readonly ConcurrentDictionary<Task, bool> _running = new();

    public override void Dispose()
    {
        _workflowSlots.Dispose();
        _activitySlots.Dispose();
        channel.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var delay = FirstReconnectDelay;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await channel.UnaryAsync(TaskHubMethods.Hello, new Empty(), cancellationToken: stoppingToken);
                LogConnected(channel.Address);
                delay = FirstReconnectDelay;
                await TakeItemsAsync(stoppingToken);
                LogStreamEnded(channel.Address);
            }
            catch (GrpcException e)
            {
                LogStreamFailed(channel.Address, e.StatusCode, e.Detail);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            await Task.Delay(delay, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            delay = delay * 2 < LongestReconnectDelay ? delay * 2 : LongestReconnectDelay;
        }
        // What has begun may end and report; the host bounds how long it waits for that.
        await Task.WhenAll(_running.Keys);
    }

    private async Task TakeItemsAsync(CancellationToken stoppingToken)
    {
        // Not disposed: work that outlives the stream may still give it up.
        var stream = new CancellationTokenSource();
        await using var stopping = stoppingToken.Register(stream.Cancel);
        var hello = SayHelloAsync(stream.Token);
        try
        {
            await foreach (var item in channel.ServerStreamAsync(TaskHubMethods.GetWorkItems, new Wire.GetWorkItemsRequest(), cancellationToken: stream.Token))
                Begin(item, stream);
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
            // Given up: the next stream gets what this one held.
        }
        finally
        {
            await stream.CancelAsync();
            await hello;
        }
    }

    private async Task SayHelloAsync(CancellationToken streamEnded)
    {
        using var timer = new PeriodicTimer(HelloInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(streamEnded))
                await channel.UnaryAsync(TaskHubMethods.Hello, new Empty(), cancellationToken: streamEnded);
        }
        catch (OperationCanceledException) when (streamEnded.IsCancellationRequested)
        {
        }
        catch (GrpcException e)
        {
            // The stream itself will show whether the sidecar is gone.
            LogHelloFailed(e.StatusCode, e.Detail);
        }
    }

    private void Begin(Wire.WorkItem item, CancellationTokenSource stream)
    {
        var work = item.RequestCase switch
        {
            Wire.WorkItem.RequestOneofCase.WorkflowRequest => Task.Run(() => RunWorkflowAsync(item.WorkflowRequest, item.CompletionToken, stream)),
            Wire.WorkItem.RequestOneofCase.ActivityRequest => Task.Run(() => RunActivityAsync(item.ActivityRequest, item.CompletionToken, stream)),
            _ => Task.CompletedTask,
        };
        _running.TryAdd(work, true);
        _ = work.ContinueWith(done => _running.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private async Task RunWorkflowAsync(Wire.WorkflowRequest request, string completionToken, CancellationTokenSource stream)
    {
        await _workflowSlots.WaitAsync();
        try
        {
            if (request.RequiresHistoryStreaming)
            {
                var history = await channel.UnaryAsync(TaskHubMethods.GetInstanceHistory, new Wire.GetInstanceHistoryRequest { InstanceId = request.InstanceId });
                request.PastEvents.AddRange(history.Events);
            }
            await using var scope = scopes.CreateAsyncScope();
            var response = workflows.Execute(request, scope.ServiceProvider);
            response.CompletionToken = completionToken;
            // The older name: runtimes before 1.18 know no other.
            await AnswerAsync(() => channel.UnaryAsync(TaskHubMethods.CompleteOrchestratorTask, response), stream);
        }
        catch (Exception e)
        {
            // The runtime hands the turn out again; it is the same then.
            LogTurnLost(request.InstanceId, e);
        }
        finally
        {
            _workflowSlots.Release();
        }
    }

    private async Task RunActivityAsync(Wire.ActivityRequest request, string completionToken, CancellationTokenSource stream)
    {
        await _activitySlots.WaitAsync();
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var response = await activities.ExecuteAsync(request, scope.ServiceProvider);
            response.CompletionToken = completionToken;
            await AnswerAsync(() => channel.UnaryAsync(TaskHubMethods.CompleteActivityTask, response), stream);
        }
        catch (Exception e)
        {
            // The runtime runs the activity again, under the same task execution key.
            LogActivityLost(request.Name, request.WorkflowInstance?.InstanceId, e);
        }
        finally
        {
            _activitySlots.Release();
        }
    }

    /// <summary>
    /// Brings an answer to the runtime. What is not taken would stay with this worker as long as its stream lasts: so it is offered again, and at last the stream is given up, after which the
    /// runtime hands out anew what the stream held.
    /// </summary>
    private async Task AnswerAsync(Func<Task> deliver, CancellationTokenSource stream)
    {
        var delay = FirstAnswerDelay;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await deliver();
                return;
            }
            catch (GrpcException e) when (MayPass(e.StatusCode) && attempt < AnswerAttempts && !stream.IsCancellationRequested)
            {
                await Task.Delay(delay, time, stream.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                delay *= 2;
            }
            catch (GrpcException e) when (MayPass(e.StatusCode))
            {
                await stream.CancelAsync();
                throw;
            }
        }
    }

    /// <summary>Any other status is the runtime's word that it does not wait for this answer.</summary>
    private static bool MayPass(GrpcStatusCode status) =>
        status is GrpcStatusCode.Unavailable or GrpcStatusCode.DeadlineExceeded or GrpcStatusCode.ResourceExhausted or GrpcStatusCode.Aborted or GrpcStatusCode.Internal;

    [LoggerMessage(Level = LogLevel.Information, Message = "Takes workflow work items from the sidecar at {Address}")]
    private partial void LogConnected(Uri address);

    [LoggerMessage(Level = LogLevel.Information, Message = "The sidecar at {Address} ended the stream of work items; connecting again")]
    private partial void LogStreamEnded(Uri address);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No work items from the sidecar at {Address}: {Status} {Detail}; connecting again")]
    private partial void LogStreamFailed(Uri address, GrpcStatusCode status, string detail);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The sidecar did not answer Hello: {Status} {Detail}")]
    private partial void LogHelloFailed(GrpcStatusCode status, string detail);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The result of a turn of workflow instance {InstanceId} was not delivered")]
    private partial void LogTurnLost(string instanceId, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The result of activity {Activity} of workflow instance {InstanceId} was not delivered")]
    private partial void LogActivityLost(string activity, string? instanceId, Exception error);
}
