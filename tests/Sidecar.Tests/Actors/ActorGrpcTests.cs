using System.Text;
using Dapr.Protocol.Common.V1;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Runtime.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Http;

namespace Sidecar.Tests.Actors;

public sealed class ActorGrpcTests : IAsyncLifetime
{
    private ActorApp _app = null!;
    private ActorPlace _place = null!;
    private GrpcChannel _channel = null!;

    public async Task InitializeAsync()
    {
        _app = await ActorApp.StartAsync();
        _place = await ActorPlace.StartAsync(("shop", _app));
        _channel = _place.Channel();
    }

    public async Task DisposeAsync()
    {
        _channel.Dispose();
        await _place.DisposeAsync();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task A_call_carries_data_and_metadata_both_ways()
    {
        _app.Answer = async (_, http) => await http.Response.WriteAsync("answer");

        var response = await InvokeAsync("add", "argument", ("x-note", "n"));
        var call = await _app.NextAsync();

        Assert.Equal("answer", response.Data.ToStringUtf8());
        Assert.Equal(("PUT /actors/Counter/c/method/add", "argument", "n"), (call.ToString(), call.Body, call.Headers["x-note"].ToString()));
        Assert.Equal("application/json", call.Headers.ContentType.ToString());
    }

    [Fact]
    public async Task An_error_of_the_actor_comes_back_as_data()
    {
        _app.Answer = async (_, http) =>
        {
            http.Response.Headers["X-DaprErrorResponseHeader"] = "details";
            await http.Response.WriteAsync("exception");
        };

        Assert.Equal("exception", (await InvokeAsync("m", "")).Data.ToStringUtf8());
    }

    [Fact]
    public async Task State_is_saved_read_and_deleted()
    {
        await InvokeAsync("wake", "");
        var save = new ExecuteActorStateTransactionRequest { ActorType = "Counter", ActorId = "c" };
        save.Operations.Add(new TransactionalActorStateOperation { OperationType = "upsert", Key = "a", Value = new Any { Value = ByteString.CopyFromUtf8("bytes") } });
        save.Operations.Add(new TransactionalActorStateOperation { OperationType = "upsert", Key = "t", Value = new Any { Value = ByteString.CopyFromUtf8("1") }, Metadata = { ["ttlInSeconds"] = "60" } });
        await _channel.UnaryAsync(DaprMethods.ExecuteActorStateTransaction, save);

        var state = await GetStateAsync("a");
        var limited = await GetStateAsync("t");
        var missing = await GetStateAsync("missing");

        Assert.Equal(("bytes", ""), (state.Data.ToStringUtf8(), missing.Data.ToStringUtf8()));
        Assert.Contains("ttlExpireTime", limited.Metadata.Keys);
        Assert.Equal(["shop||Counter||c||a", "shop||Counter||c||t"], _place.Store.Keys);
    }

    [Fact]
    public async Task A_timer_and_a_reminder_tick_with_their_bytes_in_Base64()
    {
        var data = ByteString.CopyFrom(Encoding.UTF8.GetBytes("hello"));
        await _channel.UnaryAsync(DaprMethods.RegisterActorTimer, new RegisterActorTimerRequest { ActorType = "Counter", ActorId = "c", Name = "t", DueTime = "1s", Callback = "back", Data = data });
        await _channel.UnaryAsync(DaprMethods.RegisterActorTimer, new RegisterActorTimerRequest { ActorType = "Counter", ActorId = "c", Name = "off", DueTime = "1s" });
        await _channel.UnaryAsync(DaprMethods.UnregisterActorTimer, new UnregisterActorTimerRequest { ActorType = "Counter", ActorId = "c", Name = "off" });
        await RemindAsync("r", "2s", data);

        _place.Clock.Advance(TimeSpan.FromSeconds(1));
        var timer = await _app.NextAsync();
        _place.Clock.Advance(TimeSpan.FromSeconds(1));
        var reminder = await _app.NextAsync();

        Assert.Equal(("PUT /actors/Counter/c/method/timer/t", """{"data":"aGVsbG8=","callback":"back","dueTime":"1s","period":""}"""), (timer.ToString(), timer.Body));
        Assert.Equal(("PUT /actors/Counter/c/method/remind/r", """{"data":"aGVsbG8=","dueTime":"","period":""}"""), (reminder.ToString(), reminder.Body));
    }

    [Fact]
    public async Task Reminders_are_shown_listed_and_deleted_one_by_one_or_by_type()
    {
        await RemindAsync("r1", "1h", ByteString.CopyFromUtf8("x"));
        await RemindAsync("r2", "1h", ByteString.Empty);
        await RemindAsync("r1", "1h", ByteString.Empty, "d");

        var shown = await _channel.UnaryAsync(DaprMethods.GetActorReminder, new GetActorReminderRequest { ActorType = "Counter", ActorId = "c", Name = "r1" });
        var ofOne = await _channel.UnaryAsync(DaprMethods.ListActorReminders, new ListActorRemindersRequest { ActorType = "Counter", ActorId = "c" });
        var ofType = await _channel.UnaryAsync(DaprMethods.ListActorReminders, new ListActorRemindersRequest { ActorType = "Counter" });
        await _channel.UnaryAsync(DaprMethods.UnregisterActorReminder, new UnregisterActorReminderRequest { ActorType = "Counter", ActorId = "c", Name = "r2" });
        await _channel.UnaryAsync(DaprMethods.UnregisterActorRemindersByType, new UnregisterActorRemindersByTypeRequest { ActorType = "Counter", ActorId = "d" });
        Assert.Single(_place.Scheduler.Keys);
        await _channel.UnaryAsync(DaprMethods.UnregisterActorRemindersByType, new UnregisterActorRemindersByTypeRequest { ActorType = "Counter" });

        Assert.Equal(("1h", false, "\"eA==\""), (shown.DueTime, shown.HasPeriod, shown.Data.Unpack<BytesValue>().Value.ToStringUtf8()));
        Assert.Equal(["c r1", "c r2"], ofOne.Reminders.Select(reminder => $"{reminder.Reminder.ActorId} {reminder.Name}"));
        Assert.Equal(["c r1", "c r2", "d r1"], ofType.Reminders.Select(reminder => $"{reminder.Reminder.ActorId} {reminder.Name}"));
        Assert.Empty(_place.Scheduler.Keys);
    }

    [Fact]
    public async Task Refusals_have_the_status_codes_of_real_Dapr()
    {
        _app.Answer = (_, http) =>
        {
            http.Response.StatusCode = 500;
            return Task.CompletedTask;
        };
        await RemindAsync("taken", "1h", ByteString.Empty);
        var taken = new RegisterActorReminderRequest { ActorType = "Counter", ActorId = "c", Name = "taken", DueTime = "1h", Overwrite = false, FailurePolicy = new JobFailurePolicy { Drop = new JobFailurePolicyDrop() } };

        await IsAsync(GrpcStatusCode.Internal, () => InvokeAsync("m", ""));
        await IsAsync(GrpcStatusCode.InvalidArgument, () => InvokeAsync("m?n", ""));
        await IsAsync(GrpcStatusCode.Internal, () => GetStateAsync("a", "nobody"));
        await IsAsync(GrpcStatusCode.PermissionDenied, () => GetStateAsync("a", "nobody", "dapr.internal.x"));
        await IsAsync(GrpcStatusCode.AlreadyExists, () => _channel.UnaryAsync(DaprMethods.RegisterActorReminder, taken));
        await IsAsync(GrpcStatusCode.NotFound, () => _channel.UnaryAsync(DaprMethods.GetActorReminder, new GetActorReminderRequest { ActorType = "Counter", ActorId = "c", Name = "none" }));
        await IsAsync(GrpcStatusCode.PermissionDenied, () => _channel.UnaryAsync(DaprMethods.ListActorReminders, new ListActorRemindersRequest { ActorType = "Other" }));
        await IsAsync(GrpcStatusCode.InvalidArgument, () => RemindAsync("", "1h", ByteString.Empty));
        await IsAsync(GrpcStatusCode.Internal, () => RemindAsync("r", "soon", ByteString.Empty));
        await IsAsync(GrpcStatusCode.Unimplemented, () => _channel.UnaryAsync(
            DaprMethods.ExecuteActorStateTransaction,
            new ExecuteActorStateTransactionRequest { ActorType = "Counter", ActorId = "c", Operations = { new TransactionalActorStateOperation { OperationType = "move", Key = "a" } } }));
    }

    [Fact]
    public async Task The_metadata_shows_the_actors()
    {
        await InvokeAsync("wake", "");

        var actors = (await _channel.UnaryAsync(DaprMethods.GetMetadata, new GetMetadataRequest())).ActorRuntime;

        Assert.Equal((ActorRuntime.Types.ActorRuntimeStatus.Running, true, "placement: connected"), (actors.RuntimeStatus, actors.HostReady, actors.Placement));
        Assert.Equal(("Counter", 1), (actors.ActiveActors.Single().Type, actors.ActiveActors.Single().Count));
    }

    private static async Task IsAsync(GrpcStatusCode expected, Func<Task> call) => Assert.Equal(expected, (await Assert.ThrowsAsync<GrpcException>(call)).StatusCode);

    private async Task<InvokeActorResponse> InvokeAsync(string method, string data, params (string Key, string Value)[] metadata)
    {
        var request = new InvokeActorRequest { ActorType = "Counter", ActorId = "c", Method = method, Data = ByteString.CopyFromUtf8(data) };
        foreach (var (key, value) in metadata)
            request.Metadata[key] = value;
        return await _channel.UnaryAsync(DaprMethods.InvokeActor, request);
    }

    private async Task<GetActorStateResponse> GetStateAsync(string key, string id = "c", string type = "Counter") =>
        await _channel.UnaryAsync(DaprMethods.GetActorState, new GetActorStateRequest { ActorType = type, ActorId = id, Key = key });

    private async Task RemindAsync(string name, string dueTime, ByteString data, string id = "c") => await _channel.UnaryAsync(
        DaprMethods.RegisterActorReminder, new RegisterActorReminderRequest { ActorType = "Counter", ActorId = id, Name = name, DueTime = dueTime, Data = data });
}
