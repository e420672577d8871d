using FluentValidation;

namespace Gateway.Orders;

/// <summary>Lines that come back.</summary>
public sealed record ReturnRequest
{
    /// <summary>No lines means everything that is left.</summary>
    public IReadOnlyList<OrderLineRequest?>? Lines { get; init; }
}

/// <summary>What a return must look like.</summary>
public sealed class ReturnValidator : AbstractValidator<ReturnRequest>
{
    public ReturnValidator()
    {
        RuleFor(request => request.Lines).Must(lines => lines is null || lines.Count is > 0 and <= SubmitOrderValidator.MostLines)
            .WithMessage($"'lines' holds 1 to {SubmitOrderValidator.MostLines} lines; leave it out to return everything.");
        RuleForEach(request => request.Lines).NotNull().SetValidator(new OrderLineValidator()!);
    }
}
