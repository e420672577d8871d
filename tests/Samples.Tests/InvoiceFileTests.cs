using RetailData;

namespace Samples.Tests;

public sealed class InvoiceFileTests
{
    private const string Header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";

    [Fact]
    public void A_line_is_read_field_by_field() => Assert.Equal(
        new InvoiceLine(2, "536365", "85123A", "WHITE, \"HANGING\" HEART", 6, new DateOnly(2010, 12, 3), 2.55m, "17850", "United Kingdom"),
        Assert.Single(Read("536365,85123a,\"WHITE, \"\"HANGING\"\" HEART \",6,3/12/2010,2.55,17850,United Kingdom\r\n")));

    [Theory]
    [InlineData("536365,85123A,X,six,1/12/2010,2.55,17850,UK", "line 2: Quantity 'six'")]
    [InlineData("536365,85123A,X,6,13/13/2010,2.55,17850,UK", "line 2: InvoiceDate")]
    [InlineData("536365,85123A,X,6,1/12/2010,cheap,17850,UK", "line 2: UnitPrice")]
    [InlineData("536365,85123A,X,6,1/12/2010,1", "line 2: 6 fields")]
    public void A_line_that_cannot_be_read_is_named(string line, string problem) =>
        Assert.StartsWith(problem, Assert.Throws<FormatException>(() => Read(line)).Message, StringComparison.Ordinal);

    [Fact]
    public void Another_header_is_refused() => Assert.Throws<FormatException>(() => InvoiceFile.Read(new StringReader("a,b\n1,2\n")));

    private static IReadOnlyList<InvoiceLine> Read(string lines) => InvoiceFile.Read(new StringReader(Header + lines));
}
