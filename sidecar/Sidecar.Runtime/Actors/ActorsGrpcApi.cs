using System.Text.Json;
using Dapr.Protocol.Grpc.Server;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Runtime.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sidecar.Runtime.Hosting;
using Sidecar.Runtime.State;

namespace Sidecar.Runtime.Actors;

/// <summary>The actor API over gRPC.</summary>
public static class ActorsGrpcApi
{
    private static readonly Empty s_empty = new();

    /// <summary>Maps the actor methods of the Dapr service.</summary>
    public static void MapActorsGrpc(this IEndpointRouteBuilder routes)
    {
        routes.MapGrpcUnary(DaprMethods.InvokeActor, InvokeAsync);
        routes.MapGrpcUnary(DaprMethods.GetActorState, GetStateAsync);
        routes.MapGrpcUnary(DaprMethods.ExecuteActorStateTransaction, TransactAsync);
        routes.MapGrpcUnary(DaprMethods.RegisterActorTimer, SetTimerAsync);
        routes.MapGrpcUnary(DaprMethods.UnregisterActorTimer, RemoveTimerAsync);
        routes.MapGrpcUnary(DaprMethods.RegisterActorReminder, SetReminderAsync);
        routes.MapGrpcUnary(DaprMethods.UnregisterActorReminder, RemoveReminderAsync);
        routes.MapGrpcUnary(DaprMethods.GetActorReminder, GetReminderAsync);
        routes.MapGrpcUnary(DaprMethods.ListActorReminders, ListRemindersAsync);
        routes.MapGrpcUnary(DaprMethods.UnregisterActorRemindersByType, RemoveRemindersAsync);
    }

    private static ActorsBlock Block(GrpcServerCall call) => call.HttpContext.GetBlock<ActorsBlock>();

    private static async Task<InvokeActorResponse> InvokeAsync(InvokeActorRequest request, GrpcServerCall call)
    {
        var headers = new HeaderDictionary();
        foreach (var (name, value) in request.Metadata)
            headers[name] = value;
        var outgoing = new ActorCall(new ActorAddress(request.ActorType, request.ActorId), request.Method, request.Data.ToByteArray())
        {
            Headers = headers,
            // The request has no field for it; SDKs send JSON and their app side reads what is called so.
            ContentType = headers.ContainsKey("Content-Type") ? null : "application/json",
        };
        using var response = await Block(call).InvokeAsync(outgoing, call.CancellationToken);
        return new InvokeActorResponse { Data = UnsafeByteOperations.UnsafeWrap(await response.Content.ReadAsByteArrayAsync(call.CancellationToken)) };
    }

    private static async Task<GetActorStateResponse> GetStateAsync(GetActorStateRequest request, GrpcServerCall call)
    {
        var item = await Block(call).GetStateAsync(new ActorAddress(request.ActorType, request.ActorId), request.Key, call.CancellationToken);
        return item is null
            ? new GetActorStateResponse()
            : new GetActorStateResponse { Data = UnsafeByteOperations.UnsafeWrap(item.Value), Metadata = { new Dictionary<string, string>(StateStoreClient.MetadataOf(item)) } };
    }

    private static async Task<Empty> TransactAsync(ExecuteActorStateTransactionRequest request, GrpcServerCall call)
    {
        var changes = request.Operations.Select(operation => operation.OperationType is "upsert" or "delete"
            ? new ActorStateChange(operation.OperationType, operation.Key, operation.Value?.Value.Memory ?? default, null, operation.Metadata)
            : throw ActorErrors.UnsupportedOperation(operation.OperationType)).ToArray();
        await Block(call).TransactAsync(new ActorAddress(request.ActorType, request.ActorId), changes, call.CancellationToken);
        return s_empty;
    }

    private static async Task<Empty> SetTimerAsync(RegisterActorTimerRequest request, GrpcServerCall call)
    {
        var timer = new ActorTimerRequest(request.DueTime, request.Period, request.Ttl, request.Callback, ToJson(request.Data));
        await Block(call).SetTimerAsync(new ActorAddress(request.ActorType, request.ActorId), request.Name, timer, call.CancellationToken);
        return s_empty;
    }

    private static async Task<Empty> RemoveTimerAsync(UnregisterActorTimerRequest request, GrpcServerCall call)
    {
        await Block(call).RemoveTimerAsync(new ActorAddress(request.ActorType, request.ActorId), request.Name, call.CancellationToken);
        return s_empty;
    }

    private static async Task<Empty> SetReminderAsync(RegisterActorReminderRequest request, GrpcServerCall call)
    {
        if (request.Name.Length == 0)
            throw ActorErrors.BadRequest("reminder name cannot be empty");
        var reminder = new ActorReminderRequest(
            request.DueTime, request.Period, request.Ttl, ToJson(request.Data), !request.HasOverwrite || request.Overwrite, request.FailurePolicy);
        await Block(call).SetReminderAsync(new ActorAddress(request.ActorType, request.ActorId), request.Name, reminder, call.CancellationToken);
        return s_empty;
    }

    private static async Task<Empty> RemoveReminderAsync(UnregisterActorReminderRequest request, GrpcServerCall call)
    {
        await Block(call).RemoveReminderAsync(new ActorAddress(request.ActorType, request.ActorId), request.Name, call.CancellationToken);
        return s_empty;
    }

    private static async Task<GetActorReminderResponse> GetReminderAsync(GetActorReminderRequest request, GrpcServerCall call)
    {
        var stored = await Block(call).GetReminderAsync(new ActorAddress(request.ActorType, request.ActorId), request.Name, call.CancellationToken);
        var job = stored.Schedule.Job;
        var response = new GetActorReminderResponse { ActorType = stored.ActorType, ActorId = stored.ActorId, Data = job.Data };
        if (job.HasDueTime)
            response.DueTime = job.DueTime;
        if (job.HasSchedule)
            response.Period = job.Schedule;
        if (ActorRequestJson.TimeToLive(stored) is { } ttl)
            response.Ttl = ttl;
        return response;
    }

    private static async Task<ListActorRemindersResponse> ListRemindersAsync(ListActorRemindersRequest request, GrpcServerCall call)
    {
        var address = new ActorAddress(request.ActorType, request.ActorId);
        var reminders = await Block(call).RemindersOfAsync(address, call.CancellationToken);
        var stored = await reminders.ListAsync(address.Type, request.HasActorId ? address.Id : null, call.CancellationToken);
        return new ListActorRemindersResponse { Reminders = { stored.Select(reminder => new NamedActorReminder { Name = reminder.Name, Reminder = Describe(reminder) }) } };
    }

    private static async Task<UnregisterActorRemindersByTypeResponse> RemoveRemindersAsync(UnregisterActorRemindersByTypeRequest request, GrpcServerCall call)
    {
        var address = new ActorAddress(request.ActorType, request.ActorId);
        var reminders = await Block(call).RemindersOfAsync(address, call.CancellationToken);
        foreach (var reminder in await reminders.ListAsync(address.Type, request.HasActorId ? address.Id : null, call.CancellationToken))
            await Block(call).RemoveReminderAsync(reminder.Key.Actor, reminder.Name, call.CancellationToken);
        return new UnregisterActorRemindersByTypeResponse();
    }

    private static ActorReminder Describe(StoredReminder stored)
    {
        var job = stored.Schedule.Job;
        var reminder = new ActorReminder { ActorType = stored.ActorType, ActorId = stored.ActorId, Data = job.Data };
        if (job.HasDueTime)
            reminder.DueTime = job.DueTime;
        if (job.HasSchedule)
            reminder.Period = job.Schedule;
        if (ActorRequestJson.TimeToLive(stored) is { } ttl)
            reminder.Ttl = ttl;
        return reminder;
    }

    /// <summary>Bytes become a JSON string of their Base64, as the app gets them.</summary>
    private static byte[]? ToJson(ByteString data) => data.IsEmpty ? null : JsonSerializer.SerializeToUtf8Bytes(data.ToByteArray());
}
