using System.Globalization;
using System.Text;
using Sidecar.Runtime.State.Queries;

namespace Sidecar.Components.PostgreSqlState;

/// <summary>A query as SQL over the column <c>value</c>. Fields are compared as text, as Dapr does it: 10 is less than 9.</summary>
internal sealed class DocumentQuery
{
    private readonly List<string> _values = [];

    public DocumentQuery(StateQuery query)
    {
        var sql = new StringBuilder();
        if (query.Filter is not null)
            sql.Append(" AND ").Append(Condition(query.Filter));
        if (query.Sort.Count > 0)
            sql.Append(" ORDER BY ").AppendJoin(", ", query.Sort.Select(sort => Field(sort.Key) + (sort.Descending ? " DESC" : "")));
        if (query.Limit > 0)
            sql.Append(CultureInfo.InvariantCulture, $" LIMIT {query.Limit}");
        if (Skipped(query.Token) is > 0 and var skipped)
            sql.Append(CultureInfo.InvariantCulture, $" OFFSET {skipped}");
        Text = sql.ToString();
    }

    /// <summary>What follows a WHERE that is there already.</summary>
    public string Text { get; }

    /// <summary>Values of the parameters, the first is $1.</summary>
    public IReadOnlyList<string> Values => _values;

    /// <summary>How many documents the pages before held.</summary>
    /// <exception cref="FormatException">The token is none of ours.</exception>
    public static long Skipped(string token) =>
        token.Length == 0 ? 0
        : long.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var skipped) ? skipped
        : throw new FormatException($"the token '{token}' is none that a page of this store ended with");

    private string Condition(QueryFilter filter) => filter switch
    {
        ComparisonFilter comparison => $"{Field(comparison.Key)} {Operator(comparison.Comparison)} {Parameter(comparison.Value)}",
        AnyOfFilter any => $"({string.Join(" OR ", any.Values.Select(value => $"{Field(any.Key)} = {Parameter(value)}"))})",
        JoinedFilter joined => $"({string.Join(joined.All ? " AND " : " OR ", joined.Filters.Select(Condition))})",
        _ => throw new ArgumentException($"{filter.GetType().Name} is no filter", nameof(filter)),
    };

    private string Parameter(string value)
    {
        _values.Add(value);
        return string.Create(CultureInfo.InvariantCulture, $"${_values.Count}");
    }

    private static string Operator(QueryComparison comparison) => comparison switch
    {
        QueryComparison.Equal => "=",
        QueryComparison.NotEqual => "<>",
        QueryComparison.Greater => ">",
        QueryComparison.GreaterOrEqual => ">=",
        QueryComparison.Less => "<",
        _ => "<=",
    };

    // person.org becomes value->'person'->>'org'.
    private static string Field(string key)
    {
        var parts = key.Split('.').Select(part => $"'{part.Replace("'", "''", StringComparison.Ordinal)}'").ToArray();
        return $"value{string.Concat(parts[..^1].Select(part => "->" + part))}->>{parts[^1]}";
    }
}
