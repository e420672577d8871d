using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Conformance;
using Ordering.Contracts;

namespace Platform.Tests;

/// <summary>The host is killed as by a power cut; what comes back finishes what was begun.</summary>
public sealed class RestartTests
{
    [Fact]
    public async Task Orders_under_way_when_the_host_is_killed_reach_their_ends_and_a_deadline_that_passed_meanwhile_counts()
    {
        var platform = await RunningPlatform.StartAsync(replicas: 1);
        var directory = platform.DirectoryPath;
        var shop = new Shop(platform);
        string[] waiting;
        string[] underWay;
        try
        {
            var sku = await shop.ProductAsync(10m, 1000);
            var large = await shop.ProductAsync(3000m, 10);
            waiting = await SubmitAsync(shop, 2, style => new Cart(style, new OrderLine(large, 1)) { ApprovalWithin = TimeSpan.FromSeconds(4) });
            foreach (var orderId in waiting)
            {
                await shop.ReachesAsync(orderId, OrderState.AwaitingApproval);
            }

            underWay = await SubmitAsync(shop, 20, style => new Cart(style, new OrderLine(sku, 1)));
        }
        finally
        {
            await platform.KillAsync();
            shop.Dispose();
            await platform.DisposeAsync();
        }

        await using var again = await RunningPlatform.StartAsync(replicas: 1, directory);
        using var after = new Shop(again);
        foreach (var orderId in underWay)
        {
            Assert.Equal(OrderState.Completed, (await after.EndsAsync(orderId)).State);
        }

        foreach (var orderId in waiting)
        {
            Assert.Equal(OrderState.Rejected, (await after.EndsAsync(orderId)).State);
        }

        var audit = await after.Http.GetFromJsonAsync<JsonElement>(after.Gateway("/invariants"));
        Assert.True(audit.GetProperty("stock").GetBoolean() && audit.GetProperty("money").GetBoolean() && audit.GetProperty("shipments").GetBoolean(), audit.ToString());
        Assert.Equal(0, audit.GetProperty("stuck").GetInt32());
        Assert.Equal(("running", 22, 0), await VerifyAsync(directory));
        await again.DisposeAsync();
        Assert.Equal(("stopped", 22, 0), await VerifyAsync(directory));
        again.Forget();
    }

    /// <summary><c>./run verify --json</c>: exit code 0, and what it says.</summary>
    private static async Task<(string? Platform, int Orders, int Stuck)> VerifyAsync(string directory)
    {
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = Checkout.Root, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { Path.Combine(Checkout.Root, "artifacts", "bin", "Demo", "release", "Demo.dll"), "verify", "--data-dir", directory, "--json" })
        {
            start.ArgumentList.Add(argument);
        }

        using var verify = Process.Start(start)!;
        var errors = verify.StandardError.ReadToEndAsync();
        var output = await verify.StandardOutput.ReadToEndAsync();
        await verify.WaitForExitAsync();
        Assert.True(verify.ExitCode == 0, $"{output}\n{await errors}");
        var verdict = JsonDocument.Parse(output).RootElement;
        return (verdict.GetProperty("platform").GetString(), verdict.GetProperty("orders").GetInt32(), verdict.GetProperty("stuck").GetInt32());
    }

    private static async Task<string[]> SubmitAsync(Shop shop, int orders, Func<CoordinationStyle, Cart> cart)
    {
        var views = await Task.WhenAll(Enumerable.Range(0, orders).Select(i => shop.SubmitAsync(cart(i % 2 == 0 ? CoordinationStyle.Orchestrated : CoordinationStyle.Choreographed))));
        return [.. views.Select(view => view.OrderId)];
    }
}
