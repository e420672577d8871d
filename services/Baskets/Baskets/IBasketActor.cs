using Baskets.Contracts;
using Dapr.Actors;

namespace Baskets;

/// <summary>The basket of one customer. It is an actor: whoever asks, on whichever replica, its changes happen one after the other.</summary>
public interface IBasketActor : IActor
{
    Task<BasketView> ViewAsync();

    Task<BasketAnswer> PutAsync(BasketItem item);

    Task<BasketAnswer> RemoveAsync(string sku);

    Task<BasketAnswer> ClearAsync();

    Task<BasketAnswer> CheckOutAsync(CheckOutBasket command);
}

/// <summary>The basket as it is now, and why what was asked for could not be done. A refusal is an answer: as an exception it would come as a failure of the call.</summary>
public sealed record BasketAnswer(BasketView Basket, string? Refusal);
