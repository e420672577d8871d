using RetailData;

if (args is not ["report"])
{
    Console.Error.WriteLine("usage: dotnet run --project samples/RetailData -- report");
    return 2;
}

Report.Write(Retail.FromSample(), Console.Out);
return 0;
