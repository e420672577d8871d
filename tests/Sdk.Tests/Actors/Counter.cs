using Dapr.Actors;
using Dapr.Actors.Runtime;

namespace Sdk.Tests.Actors;

public interface INamed : IActor
{
    Task<string> NameAsync();
}

public interface ICounter : INamed
{
    Task<int> AddAsync(int amount);

    Task<int?> CountAsync(CancellationToken cancellationToken);

    Task ResetAsync();

    Task FailAfterAddingAsync(int amount, string why);

    Task<Parcel> PackAsync(Parcel parcel, List<string> labels, DateTimeOffset when);

    Task<string> NameOfAsync(INamed other);

    Task<string?> CallBackAsync(int depth);
}

/// <summary>Something to put into messages.</summary>
public sealed class Parcel
{
    public string? Content { get; set; }

    public decimal Weight { get; set; }

    public Dictionary<string, int> Stamps { get; set; } = [];
}

public sealed class Counter(ActorHost host, Diary diary, Desk desk) : Actor(host), ICounter
{
    public Task<string> NameAsync() => Task.FromResult($"{Host.ActorTypeInfo.ActorTypeName} {Id}");

    public Task<int> AddAsync(int amount) => StateManager.AddOrUpdateStateAsync("count", amount, (_, count) => count + amount);

    public async Task<int?> CountAsync(CancellationToken cancellationToken) =>
        await StateManager.TryGetStateAsync<int>("count", cancellationToken) is { HasValue: true, Value: var count } ? count : null;

    public Task ResetAsync() => StateManager.TryRemoveStateAsync("count");

    public async Task FailAfterAddingAsync(int amount, string why)
    {
        await AddAsync(amount);
        throw new InvalidOperationException(why);
    }

    public Task<Parcel> PackAsync(Parcel parcel, List<string> labels, DateTimeOffset when)
    {
        parcel.Content += $" ({string.Join(", ", labels)}, {when:yyyy-MM-dd})";
        return Task.FromResult(parcel);
    }

    public Task<string> NameOfAsync(INamed other) => other.NameAsync();

    public async Task<string?> CallBackAsync(int depth)
    {
        await StateManager.SetStateAsync($"depth-{depth}", depth);
        var self = ProxyFactory.CreateActorProxy<ICounter>(Id, nameof(Counter));
        return depth == 0 ? "back" : await self.CallBackAsync(depth - 1);
    }

    protected override Task OnActivateAsync()
    {
        diary.Write($"activated, desk {(desk is null ? "missing" : "there")}");
        return Task.CompletedTask;
    }

    protected override Task OnDeactivateAsync()
    {
        diary.Write("deactivated");
        return Task.CompletedTask;
    }

    protected override Task OnPreActorMethodAsync(ActorMethodContext actorMethodContext)
    {
        diary.Write($"before {actorMethodContext.MethodName} ({actorMethodContext.CallType})");
        return Task.CompletedTask;
    }

    protected override Task OnPostActorMethodAsync(ActorMethodContext actorMethodContext)
    {
        diary.Write($"after {actorMethodContext.MethodName}");
        return Task.CompletedTask;
    }

    protected override Task OnActorMethodFailedAsync(ActorMethodContext actorMethodContext, Exception e)
    {
        diary.Write($"failed {actorMethodContext.MethodName}: {e?.Message}");
        return Task.CompletedTask;
    }
}
