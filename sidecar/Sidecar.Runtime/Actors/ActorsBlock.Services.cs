using Sidecar.Runtime.Errors;
using Sidecar.Runtime.State;

namespace Sidecar.Runtime.Actors;

/// <content>State, timers and reminders: what an actor asks of the sidecar that hosts it.</content>
internal sealed partial class ActorsBlock
{
    /// <summary>Reads state of an actor that is active here; null when the key is missing.</summary>
    /// <exception cref="DaprApiException">The actor is not active here, or the store failed.</exception>
    public async Task<StateItem?> GetStateAsync(ActorAddress actor, string key, CancellationToken cancellationToken)
    {
        var state = await StateOfAsync(actor, cancellationToken);
        return await state.GetAsync(actor, key, cancellationToken);
    }

    /// <summary>Changes state of an actor that is active here, all or nothing.</summary>
    /// <exception cref="DaprApiException">The actor is not active here, or the store refused.</exception>
    public async Task TransactAsync(ActorAddress actor, IReadOnlyList<ActorStateChange> changes, CancellationToken cancellationToken)
    {
        var state = await StateOfAsync(actor, cancellationToken);
        await state.TransactAsync(actor, changes, cancellationToken);
    }

    /// <summary>Sets a timer of an actor of a type hosted here; the actor becomes active.</summary>
    /// <exception cref="DaprApiException">The type is not hosted here, or the timer is not valid.</exception>
    public async Task SetTimerAsync(ActorAddress address, string name, ActorTimerRequest request, CancellationToken cancellationToken)
    {
        Check(address, name);
        var system = await GetSystemAsync(cancellationToken);
        try
        {
            var actor = Hosts(address.Type) ? system.Placement.FindOrPlace(address) : null;
            if (actor is null)
                throw new FormatException($"can't create timer for actor {address.Type}||{address.Id}: actor type not registered");
            actor.SetTimer(new ActorTimer(actor, name, request, _logger));
        }
        catch (FormatException e)
        {
            throw ActorErrors.TimerFailed(e);
        }
    }

    /// <summary>Takes a timer away; a missing one is no error.</summary>
    public async Task RemoveTimerAsync(ActorAddress address, string name, CancellationToken cancellationToken)
    {
        Check(address);
        (await GetSystemAsync(cancellationToken)).Placement.Find(address)?.RemoveTimer(name);
    }

    /// <summary>The reminders, for an operation on a type hosted here.</summary>
    /// <exception cref="DaprApiException">The type is not hosted here.</exception>
    public async Task<ActorReminders> RemindersOfAsync(ActorAddress address, CancellationToken cancellationToken)
    {
        Check(address);
        var system = await GetSystemAsync(cancellationToken);
        return Hosts(address.Type) ? system.Reminders : throw ActorErrors.ReminderNotHosted();
    }

    /// <summary>Saves a reminder of an actor of a type hosted here.</summary>
    /// <exception cref="DaprApiException">The type is not hosted here, the reminder is not valid, or its name is taken.</exception>
    public async Task SetReminderAsync(ActorAddress address, string name, ActorReminderRequest request, CancellationToken cancellationToken)
    {
        Check(address, name);
        var reminders = await RemindersOfAsync(address, cancellationToken);
        bool created;
        try
        {
            created = await reminders.CreateAsync(new ReminderKey(address, name), request, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw ActorErrors.ReminderCreateFailed(e);
        }

        if (!created)
            throw ActorErrors.ReminderExists(name);
    }

    /// <summary>A reminder by name.</summary>
    /// <exception cref="DaprApiException">There is none.</exception>
    public async Task<StoredReminder> GetReminderAsync(ActorAddress address, string name, CancellationToken cancellationToken)
    {
        var reminders = await RemindersOfAsync(address, cancellationToken);
        return await reminders.GetAsync(new ReminderKey(address, name), cancellationToken) ?? throw ActorErrors.ReminderNotFound(name);
    }

    /// <summary>Deletes a reminder; a missing one is no error.</summary>
    /// <exception cref="DaprApiException">The type is not hosted here, or the store refused.</exception>
    public async Task RemoveReminderAsync(ActorAddress address, string name, CancellationToken cancellationToken)
    {
        var reminders = await RemindersOfAsync(address, cancellationToken);
        try
        {
            await reminders.DeleteAsync(new ReminderKey(address, name), cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw ActorErrors.ReminderDeleteFailed(e);
        }
    }

    private static void Check(ActorAddress actor)
    {
        if (actor.IsReserved)
            throw ActorErrors.TypeReserved(actor.Type);
    }

    private static void Check(ActorAddress actor, string name)
    {
        Check(actor);
        if ((ActorNames.Problem(actor.Id) ?? ActorNames.Problem(name)) is { } problem)
            throw ActorErrors.BadRequest(problem);
    }

    private async Task<ActorStateStore> StateOfAsync(ActorAddress actor, CancellationToken cancellationToken)
    {
        Check(actor);
        if (_state is null)
            throw ActorErrors.RuntimeNotFound();
        var system = await GetSystemAsync(cancellationToken);
        return system.Placement.Find(actor) is { } active && active.Host == _host ? _state : throw ActorErrors.InstanceMissing();
    }
}
