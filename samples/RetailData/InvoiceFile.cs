using System.Globalization;
using System.Text;

namespace RetailData;

/// <summary>Reads the CSV form of the data set: comma-separated, fields with commas or quotes in double quotes.</summary>
public static class InvoiceFile
{
    private const string Header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";

    /// <summary>The lines that come with the samples.</summary>
    public static IReadOnlyList<InvoiceLine> ReadSample()
    {
        using var stream = typeof(InvoiceFile).Assembly.GetManifestResourceStream("online-retail.csv")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return Read(reader);
    }

    /// <summary>Reads lines in the order of the file.</summary>
    /// <exception cref="FormatException">A line cannot be read; the message names line and column.</exception>
    public static IReadOnlyList<InvoiceLine> Read(TextReader reader)
    {
        if (reader.ReadLine() != Header)
            throw new FormatException($"line 1: the first line must be '{Header}'");
        var lines = new List<InvoiceLine>();
        for (var number = 2; reader.ReadLine() is { } text; number++)
        {
            if (text.Length > 0)
                lines.Add(Line(number, Fields(text)));
        }

        return lines;
    }

    private static InvoiceLine Line(int number, List<string> fields)
    {
        if (fields.Count != 8)
            throw new FormatException($"line {number}: {fields.Count} fields in place of 8");
        return new InvoiceLine(
            number,
            fields[0],
            fields[1].ToUpperInvariant(),
            fields[2].Trim(),
            int.TryParse(fields[3], CultureInfo.InvariantCulture, out var quantity) ? quantity : throw Bad("Quantity", fields[3]),
            DateOnly.TryParseExact(fields[4], "d/M/yyyy", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : throw Bad("InvoiceDate", fields[4]),
            decimal.TryParse(fields[5], CultureInfo.InvariantCulture, out var price) ? price : throw Bad("UnitPrice", fields[5]),
            fields[6],
            fields[7]);

        FormatException Bad(string column, string value) => new($"line {number}: {column} '{value}' cannot be read");
    }

    private static List<string> Fields(string text)
    {
        var fields = new List<string>(8);
        var field = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '"' && quoted && i + 1 < text.Length && text[i + 1] == '"')
                field.Append(text[++i]);
            else if (c == '"')
                quoted = !quoted;
            else if (c == ',' && !quoted)
                Take();
            else
                field.Append(c);
        }

        Take();
        return fields;

        void Take()
        {
            fields.Add(field.ToString());
            field.Clear();
        }
    }
}
