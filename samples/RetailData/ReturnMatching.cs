namespace RetailData;

/// <summary>Finds the sale that a cancelled line takes back.</summary>
internal static class ReturnMatching
{
    public static (IReadOnlyList<RetailReturn> Matched, IReadOnlyList<UnmatchedReturn> Unmatched) Match(
        IEnumerable<InvoiceLine> sales, IEnumerable<InvoiceLine> cancellations)
    {
        var sold = sales.GroupBy(line => (line.Customer, line.Code)).ToDictionary(group => group.Key, group => group.ToList());
        var left = sold.Values.SelectMany(lines => lines).ToDictionary(line => line.Number, line => line.Quantity);
        var matched = new List<RetailReturn>();
        var unmatched = new List<UnmatchedReturn>();
        foreach (var line in cancellations)
        {
            var pieces = -line.Quantity;
            var earlier = sold.GetValueOrDefault((line.Customer, line.Code), []).Where(sale => sale.Date <= line.Date).ToList();
            var sale = earlier.Where(sale => left[sale.Number] >= pieces)
                .OrderByDescending(sale => sale.Quantity == pieces).ThenByDescending(sale => sale.Number).FirstOrDefault();
            if (sale is null)
            {
                unmatched.Add(new UnmatchedReturn(line, earlier.Count == 0
                    ? "no earlier sale of this product to this customer in the file"
                    : $"no earlier sale to this customer has {pieces} pieces left"));
                continue;
            }

            left[sale.Number] -= pieces;
            matched.Add(new RetailReturn(line.Invoice, sale.Invoice, line.Code, pieces));
        }

        return (matched, unmatched);
    }
}
