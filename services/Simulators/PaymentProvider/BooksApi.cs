namespace PaymentProvider;

/// <summary>The books, for whoever checks them.</summary>
public static class BooksApi
{
    public static void MapBooksApi(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/books");
        api.MapGet("/", (Books books) => books.Total());
        api.MapGet("/{reference}", (string reference, Books books) => books.View(reference));
        api.MapPost("/query", (IReadOnlyList<string> references, Books books) => references.Select(books.View).ToList());
    }
}
