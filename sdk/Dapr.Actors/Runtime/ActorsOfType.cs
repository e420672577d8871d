#nullable enable
using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using Dapr.Actors.Builder;
using Dapr.Actors.Client;
using Dapr.Actors.Communication;
using Dapr.Actors.Sidecar;
using Microsoft.Extensions.Logging;

namespace Dapr.Actors.Runtime;

/// <summary>The actors of one type that are active in this process. The sidecar sees to it that an actor does one thing at a time, in one place.</summary>
internal sealed class ActorsOfType
{
    private readonly ConcurrentDictionary<string, ActorActivatorState> active = new(StringComparer.Ordinal);
    private readonly Dictionary<int, MethodDispatcher> dispatchers = [];
    private readonly Dictionary<string, ActorMethod> methods = [];
    private readonly Dictionary<(int Interface, int Method), ActorMethod> methodsById = [];
    private readonly ActorTypeInformation type;
    private readonly ActorActivator activator;
    private readonly ActorRuntimeOptions options;
    private readonly ILoggerFactory loggers;
    private readonly IActorProxyFactory proxies;
    private readonly ActorApi api;
    private readonly SidecarTimers timers;
    private readonly IMessageBodyFormat messages;

    public ActorsOfType(ActorTypeInformation type, ActorActivator activator, ActorRuntimeOptions options, ILoggerFactory loggers, IActorProxyFactory proxies, ActorApi api)
    {
        this.type = type;
        this.activator = activator;
        this.options = options;
        this.loggers = loggers;
        this.proxies = proxies;
        this.api = api;
        timers = new SidecarTimers(api);
        messages = options.UseJsonSerialization ? JsonMessages.With(options.JsonSerializerOptions) : DataContractMessages.Instance;
        foreach (var actorInterface in type.InterfaceTypes.Select(ActorInterface.Of))
        {
            dispatchers.Add(actorInterface.Id, new MethodDispatcher(actorInterface));
            foreach (var method in actorInterface.Methods)
            {
                // Two interfaces may have methods of one name; by name the first is called.
                methods.TryAdd(method.Name, method);
                methodsById.Add((actorInterface.Id, method.Id), method);
            }
        }
    }

    /// <summary>A remoting call; the answer is its body, empty for a method without a result.</summary>
    public async Task<byte[]> DispatchAsync(ActorId id, string methodName, string header, byte[] body, CancellationToken cancellationToken)
    {
        var call = MessageHeaders.ReadRequest(header);
        var method = methodsById.GetValueOrDefault((call.InterfaceId, call.MethodId)) ?? throw Missing(methodName);
        var request = method.RequestType is null || body.Length == 0 ? null : messages.Read(body, method.RequestType);
        var context = new ActorMethodContext(methodName, ActorCallType.ActorInterfaceMethod);
        var answer = await TurnAsync(
            id, context, actor => dispatchers[call.InterfaceId].DispatchAsync(actor, call.MethodId, request!, WrappedMessageFactory.Instance, cancellationToken));
        return answer is WrappedMessage message ? messages.Write(message) : [];
    }

    /// <summary>A JSON call; the answer is the result's JSON, empty for a method without a result.</summary>
    public async Task<byte[]> InvokeAsync(ActorId id, string methodName, byte[] body, CancellationToken cancellationToken)
    {
        var method = methods.GetValueOrDefault(methodName) ?? throw Missing(methodName);
        if (method.Arguments.Length > 1)
            throw new ArgumentException($"The actor method {method.InterfaceName}.{methodName} has more than one argument and cannot be called with JSON; use a typed proxy.");

        object?[] arguments = [.. method.Arguments.Select(argument => JsonSerializer.Deserialize(body, argument.ParameterType, options.JsonSerializerOptions))];
        if (method.HasCancellationToken)
            arguments = [.. arguments, cancellationToken];

        var result = await TurnAsync(id, new ActorMethodContext(methodName, ActorCallType.ActorInterfaceMethod), actor => method.InvokeAsync(actor, arguments));
        return method.ResultType is null ? [] : JsonSerializer.SerializeToUtf8Bytes(result, method.ResultType, options.JsonSerializerOptions);
    }

    /// <summary>A reminder is due. An actor that takes none is not woken.</summary>
    public async Task RemindAsync(ActorId id, string name, byte[] body)
    {
        if (!type.IsRemindable)
            return;

        var reminder = ReminderInfo.Read(body);
        await TurnAsync(id, new ActorMethodContext(nameof(IRemindable.ReceiveReminderAsync), ActorCallType.ReminderMethod), async actor =>
        {
            await ((IRemindable)actor).ReceiveReminderAsync(name, reminder.Data, reminder.DueTime, reminder.Period);
            return true;
        });
    }

    /// <summary>A timer is due; whether it is to end.</summary>
    public async Task<bool> FireTimerAsync(ActorId id, byte[] body)
    {
#pragma warning disable CS0618 // the wire's timer
        var timer = JsonSerializer.Deserialize<TimerInfo>(body)!;
#pragma warning restore CS0618
        return await TurnAsync(id, new ActorMethodContext("FireTimerAsync", ActorCallType.TimerMethod), async actor =>
        {
            var callback = actor.FindTimerCallback(timer.Callback) ?? throw Missing(timer.Callback);
            object?[]? arguments = callback.GetParameters().Length == 0 ? null : [timer.Data];
            var running = (Task)callback.Invoke(actor, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;
            await running;
            return running is Task<bool> { Result: true };
        });
    }

    /// <summary>The actor has to go; nothing happens when it is not here.</summary>
    public async Task DeactivateAsync(ActorId id)
    {
        if (active.TryRemove(id.GetId(), out var state))
            await DeactivateAsync(state);
    }

    private async Task<T> TurnAsync<T>(ActorId id, ActorMethodContext context, Func<Actor, Task<T>> work)
    {
        var state = active.TryGetValue(id.GetId(), out var found) ? found : await ActivateAsync(id);
        return await state.Actor.TakeTurnAsync(context, work);
    }

    private async Task<ActorActivatorState> ActivateAsync(ActorId id)
    {
        var store = new ActorStateStore(api, type.ActorTypeName, id, options.JsonSerializerOptions);
        var state = await activator.CreateAsync(new ActorHost(type, id, options.JsonSerializerOptions, loggers, proxies, timers, store));
        try
        {
            await state.Actor.ActivateAsync();
        }
        catch
        {
            await activator.DeleteAsync(state);
            throw;
        }

        // The one that is known stays, should there ever be a second.
        var known = active.GetOrAdd(id.GetId(), state);
        if (!ReferenceEquals(known, state))
            await DeactivateAsync(state);

        return known;
    }

    private async Task DeactivateAsync(ActorActivatorState state)
    {
        try
        {
            await state.Actor.DeactivateAsync();
        }
        finally
        {
            await activator.DeleteAsync(state);
        }
    }

    private MissingMethodException Missing(string method) => new($"The actor type {type.ActorTypeName} has no method {method}.");
}
