using FluentValidation;

namespace Gateway.Orders;

/// <summary>What an order must look like before anybody works on it.</summary>
public sealed class SubmitOrderValidator : AbstractValidator<SubmitOrderRequest>
{
    public const int MostLines = 1_000;
    public const int MostPieces = 100_000;

    public SubmitOrderValidator()
    {
        RuleFor(order => order.CustomerId).NotEmpty().MaximumLength(100);
        RuleFor(order => order.Style).Must(style => SubmitOrderRequest.ParseStyle(style) is not null).WithMessage("'style' must be 'orchestrated' or 'choreographed'.");
        RuleFor(order => order.PaymentMethod).NotEmpty().MaximumLength(100);
        RuleFor(order => order.ShipTo).NotNull().SetValidator(new AddressValidator()!);
        RuleFor(order => order.Lines).NotEmpty().Must(lines => lines is null || lines.Count <= MostLines).WithMessage($"An order has at most {MostLines} lines.");
        RuleForEach(order => order.Lines).NotNull().SetValidator(new OrderLineValidator()!);
    }
}

/// <summary>What an address must look like.</summary>
public sealed class AddressValidator : AbstractValidator<AddressRequest>
{
    public AddressValidator()
    {
        RuleFor(address => address.Name).NotEmpty().MaximumLength(200);
        RuleFor(address => address.Street).NotEmpty().MaximumLength(200);
        RuleFor(address => address.City).NotEmpty().MaximumLength(200);
        RuleFor(address => address.Postcode).NotEmpty().MaximumLength(20);
        RuleFor(address => address.Country).NotEmpty().MaximumLength(100);
    }
}

/// <summary>What a line must look like.</summary>
public sealed class OrderLineValidator : AbstractValidator<OrderLineRequest>
{
    public OrderLineValidator()
    {
        RuleFor(line => line.Sku).NotEmpty().MaximumLength(50);
        RuleFor(line => line.Quantity).NotNull().InclusiveBetween(1, SubmitOrderValidator.MostPieces);
    }
}
