using System.Globalization;

namespace Bench.Platform;

/// <summary>
/// Orders per second with every commit flushed to the disk, and with the flushes taken away (<c>libeatmydata</c> turns <c>fsync</c> and <c>fdatasync</c> into nothing for the platform's processes):
/// what durability costs, in turn, twice.
/// </summary>
internal static class CostOfDurability
{
    private const int Orders = 400;
    private static readonly string[] s_places = ["/usr/lib/x86_64-linux-gnu/libeatmydata.so", "/usr/lib/aarch64-linux-gnu/libeatmydata.so"];

    public static async Task RunAsync(Report report)
    {
        if (DemoChild.Find() is not { } demo)
            return;
        if (s_places.FirstOrDefault(File.Exists) is not { } library)
        {
            Console.WriteLine("  not measured: libeatmydata.so is not installed; on Debian: apt-get install libeatmydata1");
            return;
        }

        var (flushed, unflushed) = (0.0, 0.0);
        for (var turn = 1; turn <= 2; turn++)
        {
            flushed += await MeasureAsync(demo, "every commit flushed", null);
            unflushed += await MeasureAsync(demo, "no flush at all", library);
        }

        Console.WriteLine($"  flushed over unflushed: x {flushed / unflushed:0.00}");
    }

    private static async Task<double> MeasureAsync(string demo, string name, string? library)
    {
        var data = Directory.CreateTempSubdirectory("bench-durability-").FullName;
        try
        {
            using var run = DemoChild.Start(
                demo, Path.Combine(data, "run"), ["--orders", Orders.ToString(CultureInfo.InvariantCulture)], library is null ? null : new Dictionary<string, string> { ["LD_PRELOAD"] = library });
            var perSecond = (await run.ResultAsync()).GetProperty("ordersPerSecond").GetDouble();
            Console.WriteLine($"  {name,-24} {perSecond,6:0.0} orders/s of {Orders}");
            return perSecond;
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }
}
