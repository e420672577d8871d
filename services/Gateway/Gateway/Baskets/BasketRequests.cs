using System.Text.RegularExpressions;
using Baskets.Contracts;
using FluentValidation;
using Gateway.Orders;

namespace Gateway.Baskets;

/// <summary>An item as a customer sends it.</summary>
public sealed record PutItemRequest
{
    public int? Quantity { get; init; }
}

/// <summary>A checkout as a customer sends it. Everything may be missing until it is validated.</summary>
public sealed record CheckOutRequest
{
    /// <summary><c>orchestrated</c> (the default) or <c>choreographed</c>.</summary>
    public string? Style { get; init; }

    /// <summary>A token of the payment provider, such as <c>card</c>.</summary>
    public string? PaymentMethod { get; init; }

    public AddressRequest? ShipTo { get; init; }

    /// <summary>The command, once it is valid.</summary>
    public CheckOutBasket ToCommand(string orderId) => new(orderId, SubmitOrderRequest.ParseStyle(Style)!.Value, PaymentMethod!, ShipTo!.ToAddress());
}

/// <summary>What an item must look like.</summary>
public sealed class PutItemValidator : AbstractValidator<PutItemRequest>
{
    public PutItemValidator()
    {
        RuleFor(item => item.Quantity).NotNull().InclusiveBetween(1, SubmitOrderValidator.MostPieces);
    }
}

/// <summary>What a checkout must look like.</summary>
public sealed class CheckOutValidator : AbstractValidator<CheckOutRequest>
{
    public CheckOutValidator()
    {
        RuleFor(checkout => checkout.Style).Must(style => SubmitOrderRequest.ParseStyle(style) is not null).WithMessage("'style' must be 'orchestrated' or 'choreographed'.");
        RuleFor(checkout => checkout.PaymentMethod).NotEmpty().MaximumLength(100);
        RuleFor(checkout => checkout.ShipTo).NotNull().SetValidator(new AddressValidator()!);
    }
}

/// <summary>Which customers can have a basket: the reference is the id of an actor, and stands in a path.</summary>
public static partial class CustomerIds
{
    public const string Rule = "A customer's reference has up to 100 letters, digits, dots, hyphens and underscores, and begins with a letter or a digit.";

    public static bool IsGood(string? customerId) => customerId is not null && Good().IsMatch(customerId);

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]
    private static partial Regex Good();
}
