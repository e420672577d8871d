namespace Sidecar.Runtime.State.Queries;

/// <summary>A query over the JSON documents of a store, in the language of Dapr's alpha API.</summary>
/// <param name="Filter">Which documents; null for all.</param>
/// <param name="Sort">In which order.</param>
/// <param name="Limit">At most how many; 0 for all.</param>
/// <param name="Token">Where to go on, as the page before said; empty for the beginning.</param>
public sealed record StateQuery(QueryFilter? Filter, IReadOnlyList<QuerySort> Sort, int Limit, string Token);

/// <summary>One field to sort by.</summary>
/// <param name="Key">Path of the field, its parts joined by dots.</param>
/// <param name="Descending">From the last to the first.</param>
public sealed record QuerySort(string Key, bool Descending);

/// <summary>Decides whether a document belongs to the answer.</summary>
public abstract record QueryFilter;

/// <summary>Compares one field with a value.</summary>
/// <param name="Key">Path of the field, its parts joined by dots.</param>
/// <param name="Comparison">How.</param>
/// <param name="Value">The value as text: a string's own, any other as JSON spells it.</param>
public sealed record ComparisonFilter(string Key, QueryComparison Comparison, string Value) : QueryFilter;

/// <summary>One field is one of several values.</summary>
/// <param name="Key">Path of the field, its parts joined by dots.</param>
/// <param name="Values">At least one.</param>
public sealed record AnyOfFilter(string Key, IReadOnlyList<string> Values) : QueryFilter;

/// <summary>Joins filters.</summary>
/// <param name="All">Every one must hold; else one is enough.</param>
/// <param name="Filters">At least two.</param>
public sealed record JoinedFilter(bool All, IReadOnlyList<QueryFilter> Filters) : QueryFilter;

/// <summary>How a field is compared.</summary>
public enum QueryComparison
{
    /// <summary><c>EQ</c></summary>
    Equal,

    /// <summary><c>NEQ</c></summary>
    NotEqual,

    /// <summary><c>GT</c></summary>
    Greater,

    /// <summary><c>GTE</c></summary>
    GreaterOrEqual,

    /// <summary><c>LT</c></summary>
    Less,

    /// <summary><c>LTE</c></summary>
    LessOrEqual,
}

/// <summary>One page of an answer.</summary>
/// <param name="Items">Documents with full keys.</param>
/// <param name="Token">Where the next page begins; empty where no limit was given.</param>
public sealed record QueryPage(IReadOnlyList<StateItem> Items, string Token);

/// <summary>A store that answers queries; it says so by the capability QUERY_API.</summary>
public interface IQueryableStateStore
{
    /// <summary>Runs a query over all documents of the store, whatever app saved them: Dapr's queries know no key prefix.</summary>
    /// <exception cref="FormatException">The query asks for what the store cannot do.</exception>
    ValueTask<QueryPage> QueryAsync(StateQuery query, CancellationToken cancellationToken);
}
