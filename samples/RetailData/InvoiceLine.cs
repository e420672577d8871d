namespace RetailData;

/// <summary>One line of the file.</summary>
/// <param name="Number">One-based line number in the file.</param>
/// <param name="Invoice">Invoice number; a leading C marks a cancellation.</param>
/// <param name="Code">Stock code in upper case: a product's SKU, or a word such as POST.</param>
/// <param name="Description">What was sold; empty on stock corrections.</param>
/// <param name="Quantity">Pieces; negative on cancellations and corrections.</param>
/// <param name="Date">Day of the invoice.</param>
/// <param name="UnitPrice">Pounds sterling for one piece.</param>
/// <param name="Customer">Customer number, or empty.</param>
/// <param name="Country">Country of the customer.</param>
public sealed record InvoiceLine(
    int Number, string Invoice, string Code, string Description, int Quantity, DateOnly Date, decimal UnitPrice, string Customer, string Country)
{
    /// <summary>Whether the line takes back an earlier sale.</summary>
    public bool IsCancellation => Invoice.StartsWith('C');
}
