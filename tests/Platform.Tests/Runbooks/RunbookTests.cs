using System.Text.RegularExpressions;
using Conformance;
using Ordering.Contracts;

namespace Platform.Tests.Runbooks;

/// <summary>Pages of <c>docs/runbooks</c>, followed on a running platform: every command works and prints what the page shows.</summary>
[Collection(OneReplica.Collection)]
public sealed partial class RunbookTests(OneReplica fixture) : IDisposable
{
    private const string GatewayInPages = "localhost:5080";

    /// <summary>These change something and are typed once; the others are asked again until the platform has come so far.</summary>
    private static readonly string[] _changes = ["replay", "discard", "terminate", "purge", "raise-event", "-X POST", "TOKEN="];

    private readonly Shop _shop = new(fixture.Platform);

    public void Dispose() => _shop.Dispose();

    [OperatorFact]
    public async Task A_dead_letter_is_found_read_replayed_and_discarded()
    {
        var page = await RunbookPage.ReadAsync("dead-letters.md");
        var cart = new Cart(CoordinationStyle.Choreographed, new OrderLine(await _shop.ProductAsync(7m, 10), 1));
        await _shop.PublishAsync("ordering", "ordering.order-cancelled.v9", new { orderId = cart.OrderId }, cart.OrderId);

        await FollowAsync(page, cart.OrderId);
    }

    [OperatorFact]
    public async Task An_order_whose_workflow_waits_is_found_understood_and_brought_to_an_end()
    {
        var page = await RunbookPage.ReadAsync("stuck-workflow.md");
        var order = await _shop.SubmitAsync(new Cart(CoordinationStyle.Orchestrated, new OrderLine(await _shop.ProductAsync(600m, 10), 2)));
        await _shop.ReachesAsync(order.OrderId, OrderState.AwaitingApproval);

        await FollowAsync(page, order.OrderId);

        await _shop.EndsAsync(order.OrderId);
    }

    private async Task FollowAsync(RunbookPage page, string orderId)
    {
        var likeness = new Likeness();
        likeness.Name(OrderIds().Match(page.Text).Value, orderId);
        likeness.Name("LoyalOrderWorkflow", RunningPlatform.HasLoyalty ? "LoyalOrderWorkflow" : "OrderWorkflow");
        likeness.Name(GatewayInPages, $"localhost:{fixture.Platform.Instance("gateway").AppPort}");
        using var shell = new OperatorShell(fixture.Platform);
        foreach (var step in page.Steps)
        {
            var command = likeness.Here(step.Command);
            await Eventually.HoldsAsync(
                () => shell.RunAsync(command),
                said => (said.ExitCode == 0 && likeness.Learns(step.Prints, said.Output))
                    || (_changes.Any(word => step.Command.Contains(word, StringComparison.Ordinal)) ? throw new InvalidOperationException(Differs(step, command, said)) : false),
                Shop.Patience,
                said => Differs(step, command, said));
        }
    }

    private static string Differs(RunbookStep step, string command, (int ExitCode, IReadOnlyList<string> Output) said) =>
        $"'{command}' ended with {said.ExitCode} and printed\n{string.Join('\n', said.Output)}\nbut the page shows\n{string.Join('\n', step.Prints)}";

    [GeneratedRegex("ord-[0-9a-f]{32}")]
    private static partial Regex OrderIds();

    private sealed class OperatorFactAttribute : FactAttribute
    {
        public OperatorFactAttribute()
        {
            var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
            if (OperatingSystem.IsWindows() || !new[] { "sh", "curl" }.All(program => folders.Any(folder => File.Exists(Path.Combine(folder, program)))))
            {
                Skip = "the pages are written for a POSIX shell with curl, and this machine lacks one of them";
            }
        }
    }
}
