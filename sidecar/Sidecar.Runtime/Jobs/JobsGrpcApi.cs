using Dapr.Protocol.Grpc.Server;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Runtime.V1;
using Microsoft.AspNetCore.Routing;
using Sidecar.Runtime.Hosting;

namespace Sidecar.Runtime.Jobs;

/// <summary>The jobs API over gRPC, stable and alpha.</summary>
public static class JobsGrpcApi
{
    /// <summary>Maps the jobs methods of the Dapr service.</summary>
    public static void MapJobsGrpc(this IEndpointRouteBuilder routes)
    {
        routes.MapGrpcUnary(DaprMethods.ScheduleJob, ScheduleAsync);
        routes.MapGrpcUnary(DaprMethods.ScheduleJobAlpha1, ScheduleAsync);
        routes.MapGrpcUnary(DaprMethods.GetJob, GetAsync);
        routes.MapGrpcUnary(DaprMethods.GetJobAlpha1, GetAsync);
        routes.MapGrpcUnary(DaprMethods.DeleteJob, DeleteAsync);
        routes.MapGrpcUnary(DaprMethods.DeleteJobAlpha1, DeleteAsync);
        routes.MapGrpcUnary(DaprMethods.ListJobs, async (_, call) => new ListJobsResponse { Jobs = { await Block(call).ListAsync(call.CancellationToken) } });
        routes.MapGrpcUnary(DaprMethods.ListJobsAlpha1, async (_, call) => new ListJobsResponseAlpha1 { Jobs = { await Block(call).ListAsync(call.CancellationToken) } });
        routes.MapGrpcUnary(DaprMethods.DeleteJobsByPrefix, async (request, call) =>
        {
            await Block(call).DeleteByPrefixAsync(request.NamePrefix, call.CancellationToken);
            return new DeleteJobsByPrefixResponse();
        });
        routes.MapGrpcUnary(DaprMethods.DeleteJobsByPrefixAlpha1, async (request, call) =>
        {
            await Block(call).DeleteByPrefixAsync(request.NamePrefix, call.CancellationToken);
            return new DeleteJobsByPrefixResponseAlpha1();
        });
    }

    private static JobsBlock Block(GrpcServerCall call) => call.HttpContext.GetBlock<JobsBlock>();

    private static async Task<ScheduleJobResponse> ScheduleAsync(ScheduleJobRequest request, GrpcServerCall call)
    {
        await Block(call).ScheduleAsync(request.Job, request.Overwrite, call.CancellationToken);
        return new ScheduleJobResponse();
    }

    private static async Task<GetJobResponse> GetAsync(GetJobRequest request, GrpcServerCall call) =>
        new() { Job = await Block(call).GetAsync(request.Name, call.CancellationToken) };

    private static async Task<DeleteJobResponse> DeleteAsync(DeleteJobRequest request, GrpcServerCall call)
    {
        await Block(call).DeleteAsync(request.Name, call.CancellationToken);
        return new DeleteJobResponse();
    }
}
