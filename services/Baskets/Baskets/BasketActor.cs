using Baskets.Contracts;
using Baskets.Domain;
using Baskets.Services;
using Dapr.Actors.Runtime;
using Ordering.Contracts;
using ServiceDefaults.Calls;

namespace Baskets;

/// <summary>
/// A basket that survives restarts, forgets itself when its customer does not come back, and sees its checkout through: what becomes an order is saved before Ordering is asked, and a reminder asks
/// again until Ordering has answered.
/// </summary>
[Actor(TypeName = BasketActor.Type)]
public sealed partial class BasketActor(ActorHost host, OrderingApi ordering, TimeProvider time, BasketSettings settings) : Actor(host), IBasketActor, IRemindable
{
    public const string Type = "Basket";

    private const string State = "basket";
    private const string Forget = "forget";
    private const string PlaceOrder = "place-order";

    private string CustomerId => Id.GetId();

    public async Task<BasketView> ViewAsync() => (await LoadAsync()).ToView(CustomerId);

    public Task<BasketAnswer> PutAsync(BasketItem item) => ChangeAsync(basket => basket.Put(item, time.GetUtcNow()));

    public Task<BasketAnswer> RemoveAsync(string sku) => ChangeAsync(basket => basket.Remove(sku, time.GetUtcNow()));

    public Task<BasketAnswer> ClearAsync() => ChangeAsync(basket => basket.Clear(time.GetUtcNow()));

    public async Task<BasketAnswer> CheckOutAsync(CheckOutBasket command)
    {
        var basket = await LoadAsync();
        if (basket.LastOrder == command.OrderId)
        {
            return Answer(basket);
        }

        if (basket.WhyNotOrder(command.OrderId) is { } refusal)
        {
            return Answer(basket, refusal);
        }

        if (basket.CheckingOut is null)
        {
            basket = await SaveAsync(basket.CheckOut(CustomerId, command));
            await SaveStateAsync();
            await RegisterReminderAsync(PlaceOrder, [], settings.AskOrderingAgain, settings.AskOrderingAgain);
        }

        return await PlaceOrderAsync(basket);
    }

    public async Task ReceiveReminderAsync(string reminderName, byte[] state, TimeSpan dueTime, TimeSpan period)
    {
        var basket = await LoadAsync();
        if (reminderName == PlaceOrder)
        {
            await (basket.CheckingOut is null ? UnregisterReminderAsync(PlaceOrder) : PlaceOrderAsync(basket));
        }
        else if (basket.IsEmpty || basket.IsAbandoned(time.GetUtcNow(), settings.ForgetAfter))
        {
            await StateManager.TryRemoveStateAsync(State);
            await UnregisterReminderAsync(Forget);
        }
    }

    private async Task<BasketAnswer> ChangeAsync(Func<Basket, Basket> change)
    {
        var basket = await LoadAsync();
        if (basket.WhyFixed() is { } refusal)
        {
            return Answer(basket, refusal);
        }

        var changed = change(basket);
        if (changed.Items.Count > Basket.MostItems)
        {
            return Answer(basket, $"A basket has at most {Basket.MostItems} items.");
        }

        if (basket.IsEmpty && !changed.IsEmpty)
        {
            // It comes again and again until it finds the basket left alone: one registration for each basket, not for each change.
            await RegisterReminderAsync(Forget, [], settings.ForgetAfter, settings.ForgetAfter);
        }

        return Answer(await SaveAsync(changed));
    }

    private async Task<BasketAnswer> PlaceOrderAsync(Basket basket)
    {
        string? refusal = null;
        try
        {
            await ordering.SubmitAsync(new SubmitOrder(basket.CheckingOut!));
            basket = basket.BecameOrder();
        }
        catch (InvocationRefusedException refused) when ((int?)refused.StatusCode is >= 400 and < 500)
        {
            refusal = refused.Message;
            basket = basket.StayedBasket();
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            LogAskedAgain(Logger, basket.CheckingOut!.OrderId, exception.Message);
            return Answer(basket);
        }

        await SaveAsync(basket);
        await SaveStateAsync();
        await UnregisterReminderAsync(PlaceOrder);
        return Answer(basket, refusal);
    }

    private async Task<Basket> LoadAsync() => await StateManager.TryGetStateAsync<Basket>(State) is { HasValue: true, Value: var basket } ? basket : Basket.Empty;

    private async Task<Basket> SaveAsync(Basket basket)
    {
        await StateManager.SetStateAsync(State, basket);
        return basket;
    }

    private BasketAnswer Answer(Basket basket, string? refusal = null) => new(basket.ToView(CustomerId), refusal);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Ordering does not answer; order {OrderId} will be placed as soon as it does: {Reason}")]
    private static partial void LogAskedAgain(ILogger logger, string orderId, string reason);
}
