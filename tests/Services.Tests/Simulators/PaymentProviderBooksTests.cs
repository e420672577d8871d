using PaymentProvider;

namespace Services.Tests.Simulators;

/// <summary>The provider's books survive the provider.</summary>
public sealed class PaymentProviderBooksTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("books-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_same_idempotency_key_gets_the_same_answer_after_a_restart()
    {
        Entry first;
        using (var books = Open())
        {
            first = books.Answer("ord-1", "ord-1:authorize", (account, at) => Authorization(account, at, 20));
        }

        using var again = Open();
        Assert.Equal(first, again.Answer("ord-1", "ord-1:authorize", (account, at) => Authorization(account, at, 99)));
        Assert.Equal(20, again.View("ord-1").Held);
    }

    [Fact]
    public void A_line_that_was_cut_off_by_a_crash_is_forgotten()
    {
        using (var books = Open())
        {
            books.Answer("ord-1", "ord-1:authorize", (account, at) => Authorization(account, at, 20));
        }

        File.AppendAllText(Path.Combine(_folder, "books.jsonl"), "{\"Reference\":\"ord-2\"");

        using (var books = Open())
        {
            books.Answer("ord-3", "ord-3:authorize", (account, at) => Authorization(account, at, 5));
        }

        using var again = Open();
        Assert.Equal(20, again.View("ord-1").Held);
        Assert.Equal(0, again.View("ord-2").Held);
        Assert.Equal(5, again.View("ord-3").Held);
    }

    private static Entry Authorization(Account account, DateTimeOffset at, decimal amount) => new(at, account.Reference, "authorize", $"{account.Reference}:authorize", amount, "card", true, null);

    private Books Open() => Books.Open(_folder, TimeProvider.System);
}
