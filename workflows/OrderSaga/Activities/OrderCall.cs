namespace OrderSaga.Activities;

/// <summary>A command for one order.</summary>
public sealed record OrderCall<TCommand>(string OrderId, TCommand Command);
