using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Conformance;
using Npgsql;
using Ordering.Contracts;
using Sidecar.Servers;

namespace Platform.Tests;

/// <summary>
/// The database of all services is lost and comes back from a backup made while they ran, and the scheduler has lost its jobs. The partners' books know more than the restored state;
/// idempotency keys make both agree again.
/// </summary>
[Trait(LongSuite.Trait, LongSuite.Name)]
[NeedsServer("postgresql")]
public sealed class RestoreTests
{
    [ConformanceFact]
    public async Task Orders_go_on_from_a_backup_and_nobody_pays_twice()
    {
        await using var server = new PostgreSqlServer(durable: false);
        await server.StartAsync();
        var folder = Directory.CreateTempSubdirectory("restore-").FullName;
        var settings = new PlatformSettings { Store = await StoreAsync(folder, server) };
        var backup = Path.Combine(folder, "backup");
        var platform = await RunningPlatform.StartAsync(replicas: 1, settings: settings);
        var directory = platform.DirectoryPath;
        string[] ended, waiting, expiring, underWay;
        Cart[] lost;
        try
        {
            using var shop = new Shop(platform);
            var sku = await shop.ProductAsync(10m, 1000);
            var large = await shop.ProductAsync(3000m, 100);
            ended = await SubmitAsync(shop, new Cart(CoordinationStyle.Orchestrated, new OrderLine(sku, 1)), new Cart(CoordinationStyle.Choreographed, new OrderLine(sku, 1)));
            await AllAsync(ended, orderId => shop.EndsAsync(orderId));
            waiting = await SubmitAsync(shop, new Cart(CoordinationStyle.Orchestrated, new OrderLine(large, 1)), new Cart(CoordinationStyle.Choreographed, new OrderLine(large, 1)));
            expiring = await SubmitAsync(shop, new Cart(CoordinationStyle.Choreographed, new OrderLine(large, 1)) { ApprovalWithin = TimeSpan.FromSeconds(20) });
            await AllAsync([.. waiting, .. expiring], orderId => shop.ReachesAsync(orderId, OrderState.AwaitingApproval));
            await shop.OutageAsync("payment-provider", on: true);
            underWay = await SubmitAsync(shop, new Cart(CoordinationStyle.Orchestrated, new OrderLine(sku, 2)));
            await AllAsync(underWay, orderId => shop.ReachesAsync(orderId, OrderState.Approved));

            await ScriptAsync("backup", "--database", UrlOf(server), backup);

            await shop.OutageAsync("payment-provider", on: false);
            await AllAsync(waiting, shop.ApproveAsync);
            lost = [new Cart(CoordinationStyle.Orchestrated, new OrderLine(sku, 3)), new Cart(CoordinationStyle.Choreographed, new OrderLine(sku, 3))];
            await AllAsync([.. waiting, .. underWay, .. await SubmitAsync(shop, lost)], async orderId => Assert.Equal(OrderState.Completed, (await shop.EndsAsync(orderId)).State));
        }
        finally
        {
            await platform.DisposeAsync();
        }

        await LoseDatabaseAsync(server);
        File.Delete(Path.Combine(directory, "scheduler.db"));
        await ScriptAsync("restore", "--database", UrlOf(server), backup);

        await using var again = await RunningPlatform.StartAsync(replicas: 1, directory, settings);
        using var after = new Shop(again);
        // What was waiting waits again; what was under way goes on by itself, because its history says what was asked for; what was paid meanwhile is not paid again.
        await AllAsync(underWay, async orderId => Assert.Equal(OrderState.Completed, (await after.EndsAsync(orderId)).State));
        await AllAsync(waiting, async orderId =>
        {
            Assert.Equal(OrderState.AwaitingApproval, (await after.OrderAsync(orderId)).State);
            using var approved = await after.ApproveAsync(orderId);
            Assert.Equal(OrderState.Completed, (await after.EndsAsync(orderId)).State);
            Assert.Equal((0m, 3000m, 0m), await after.MoneyAsync(orderId));
        });
        // The job of a deadline is gone with the scheduler, until the deadlines are renewed.
        await after.InvokeAsync("ordering", "/deadlines", new { });
        await AllAsync(expiring, async orderId => Assert.Equal(OrderState.Rejected, (await after.EndsAsync(orderId)).State));
        // Orders from after the backup are known to the partners alone, until their customers ask again.
        await AllAsync(lost, async cart =>
        {
            using var unknown = await after.Http.GetAsync(after.Gateway($"/orders/{cart.OrderId}"));
            Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
            Assert.Equal((0m, 30m, 0m), await after.MoneyAsync(cart.OrderId));
            await after.SubmitAsync(cart);
            Assert.Equal(OrderState.Completed, (await after.EndsAsync(cart.OrderId)).State);
            Assert.Equal((0m, 30m, 0m), await after.MoneyAsync(cart.OrderId));
        });
        await AllAsync(ended, async orderId => Assert.Equal(OrderState.Completed, (await after.OrderAsync(orderId)).State));

        var audit = await Eventually.HoldsAsync(
            () => after.Http.GetFromJsonAsync<JsonElement>(after.Gateway("/invariants")),
            audit => audit.GetProperty("stock").GetBoolean() && audit.GetProperty("money").GetBoolean() && audit.GetProperty("shipments").GetBoolean() && audit.GetProperty("stuck").GetInt32() == 0,
            Shop.Patience,
            audit => audit.ToString());
        Assert.Equal(ended.Length + waiting.Length + expiring.Length + underWay.Length + lost.Length, audit.GetProperty("orders").GetInt32());
        await again.DisposeAsync();
        again.Forget();
        Directory.Delete(folder, recursive: true);
    }

    private static string UrlOf(PostgreSqlServer server) => $"postgres://postgres:any@127.0.0.1:{server.Port}/orders?sslmode=disable";

    /// <summary>A folder like <c>components/state/postgresql</c> that names a database of the test's own.</summary>
    private static async Task<string> StoreAsync(string folder, PostgreSqlServer server)
    {
        await AtServerAsync(server, "CREATE DATABASE orders");
        const string Usual = "postgres://postgres:postgres@localhost:5432/postgres?sslmode=prefer&connect_timeout=10";
        var component = await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "components", "state", "postgresql", "statestore.yaml"));
        Assert.Contains(Usual, component, StringComparison.Ordinal);
        var store = Directory.CreateDirectory(Path.Combine(folder, "state")).FullName;
        await File.WriteAllTextAsync(Path.Combine(store, "statestore.yaml"), component.Replace(Usual, UrlOf(server), StringComparison.Ordinal));
        return store;
    }

    private static async Task LoseDatabaseAsync(PostgreSqlServer server)
    {
        await AtServerAsync(server, "DROP DATABASE orders");
        await AtServerAsync(server, "CREATE DATABASE orders");
    }

    private static async Task AtServerAsync(PostgreSqlServer server, string sql)
    {
        var address = new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = server.Port, Username = "postgres", Database = "postgres", Pooling = false };
        await using var connection = new NpgsqlConnection(address.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task ScriptAsync(string name, params string[] arguments)
    {
        var (exitCode, output) = await DeployScript.RunAsync(name, arguments);
        Assert.True(exitCode == 0, output);
    }

    private static async Task<string[]> SubmitAsync(Shop shop, params Cart[] carts) => [.. (await Task.WhenAll(carts.Select(shop.SubmitAsync))).Select(order => order.OrderId)];

    private static Task AllAsync<T>(IEnumerable<T> all, Func<T, Task> check) => Task.WhenAll(all.Select(check));
}
