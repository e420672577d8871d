using Microsoft.AspNetCore.Http.HttpResults;

namespace PaymentProvider;

/// <summary>What a merchant may ask.</summary>
public static class PaymentsApi
{
    public static void MapPaymentsApi(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/payments/{reference}");
        api.MapPost("/authorization", (string reference, Request body, Books books, Switches switches) =>
            AnswerAsync(switches, reference, body, body.Method ?? string.Empty, () => books.Answer(reference, body.IdempotencyKey, (account, at) => Authorize(account, body, at))));
        api.MapPost("/capture", (string reference, Request body, Books books, Switches switches) =>
            AnswerAsync(switches, reference, body, books.Account(reference).Method, () => books.Answer(reference, body.IdempotencyKey, (account, at) => Capture(account, body, at))));
        api.MapPost("/void", (string reference, Request body, Books books, Switches switches) =>
            AnswerAsync(switches, reference, body, books.Account(reference).Method, () => books.Answer(reference, body.IdempotencyKey, (account, at) => Void(account, body, at))));
        api.MapPost("/refund", (string reference, Request body, Books books, Switches switches) =>
            AnswerAsync(switches, reference, body, books.Account(reference).Method, () => books.Answer(reference, body.IdempotencyKey, (account, at) => Refund(account, body, at))));
    }

    private static Entry Authorize(Account account, Request body, DateTimeOffset at) => account switch
    {
        // A void that came first: the merchant no longer wants the money held.
        { IsVoided: true } => Decline(account, "authorize", body, at, "the reference was voided"),
        { Authorized: > 0 } => Decline(account, "authorize", body, at, "the reference is authorized already"),
        _ when body.Method == Switches.Declined => Decline(account, "authorize", body, at, "the card was declined"),
        _ when body.Amount <= 0 => Decline(account, "authorize", body, at, "the amount is not positive"),
        _ => new Entry(at, account.Reference, "authorize", body.IdempotencyKey, body.Amount, body.Method, true, null),
    };

    private static Entry Capture(Account account, Request body, DateTimeOffset at) => account switch
    {
        { IsVoided: true } => Decline(account, "capture", body, at, "the reference was voided"),
        { Authorized: 0 } => Decline(account, "capture", body, at, "nothing is authorized"),
        { Captured: > 0 } => Decline(account, "capture", body, at, "it is captured already"),
        { Method: Switches.CaptureFails } => Decline(account, "capture", body, at, "the bank withdrew the authorization"),
        _ => new Entry(at, account.Reference, "capture", body.IdempotencyKey, account.Authorized, account.Method, true, null),
    };

    private static Entry Void(Account account, Request body, DateTimeOffset at) => account.Captured > 0
        ? Decline(account, "void", body, at, "it is captured: refund it")
        : new Entry(at, account.Reference, "void", body.IdempotencyKey, account.Authorized, account.Method, true, null);

    private static Entry Refund(Account account, Request body, DateTimeOffset at) => account.Refunds.Values.Sum() + body.Amount > account.Captured
        ? Decline(account, "refund", body, at, "more than was captured")
        : new Entry(at, account.Reference, "refund", body.IdempotencyKey, body.Amount, account.Method, true, null);

    private static Entry Decline(Account account, string operation, Request body, DateTimeOffset at, string reason) =>
        new(at, account.Reference, operation, body.IdempotencyKey, body.Amount, body.Method, false, reason);

    private static async Task<Results<Ok<Answer>, StatusCodeHttpResult>> AnswerAsync(Switches switches, string reference, Request body, string method, Func<Entry> answer)
    {
        if (!await switches.IsUpAsync($"{reference} {body.IdempotencyKey}", method))
        {
            return TypedResults.StatusCode(StatusCodes.Status503ServiceUnavailable);
        }

        var entry = answer();
        return TypedResults.Ok(new Answer(entry.Accepted, entry.Reason));
    }

    /// <summary>A request of a merchant.</summary>
    public sealed record Request(string IdempotencyKey, decimal Amount = 0, string? Method = null);

    /// <summary>The provider's answer.</summary>
    public sealed record Answer(bool Accepted, string? Reason);
}
