using FluentValidation.Results;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Gateway.Api;

/// <summary>Problem details that name the field.</summary>
internal static class Validation
{
    private const int LongestKey = 200;

    /// <returns>Null when the request is valid.</returns>
    public static ValidationProblem? Problem(ValidationResult result) => result.IsValid
        ? null
        : Problem(result.Errors.GroupBy(error => CamelCase(error.PropertyName)).ToDictionary(field => field.Key, field => field.Select(error => error.ErrorMessage).ToArray()));

    /// <summary>For a list: the fields carry their place.</summary>
    public static ValidationProblem? Problem(IEnumerable<ValidationResult> results)
    {
        var errors = results
            .SelectMany((result, number) => result.Errors.Select(error => (Field: $"[{number}].{CamelCase(error.PropertyName)}", error.ErrorMessage)))
            .GroupBy(error => error.Field)
            .ToDictionary(field => field.Key, field => field.Select(error => error.ErrorMessage).ToArray());
        return errors.Count == 0 ? null : Problem(errors);
    }

    public static ValidationProblem Problem(IDictionary<string, string[]> errors) => TypedResults.ValidationProblem(errors);

    public static ValidationProblem Problem(string field, string error) => Problem(new Dictionary<string, string[]> { [field] = [error] });

    public static ValidationProblem? KeyProblem(string? idempotencyKey) => idempotencyKey is { Length: 0 or > LongestKey }
        ? Problem(Orders.OrderIds.IdempotencyKeyHeader, $"The key has 1 to {LongestKey} characters.")
        : null;

    private static string CamelCase(string path) => string.Join('.', path.Split('.').Select(part => part.Length == 0 ? part : char.ToLowerInvariant(part[0]) + part[1..]));
}
