using Deployment.Tests.Files;

namespace Deployment.Tests.Scripts;

/// <summary><c>deploy/smoke</c>: what it asks a Gateway, and when it is content.</summary>
public sealed class SmokeTests : IDisposable
{
    private readonly Workbench _workbench = new();

    public void Dispose() => _workbench.Dispose();

    [BashFact]
    public async Task An_order_of_each_style_is_placed_and_its_end_awaited()
    {
        var run = await _workbench.RunAsync("smoke", ["https://shop.example.com/"]);

        Assert.True(run.ExitCode == 0, run.Error);
        run.CalledInOrder("https://shop.example.com/healthz", "PUT https://shop.example.com/catalogue", "\"style\":\"orchestrated\"", "/orders/ord-1", "\"style\":\"choreographed\"", "/orders/ord-1");
        Assert.Contains("order ord-1 is Completed", run.Output, StringComparison.Ordinal);
    }

    [BashTheory]
    [InlineData("Rejected", "order ord-1 ended as Rejected")]
    [InlineData("Approved", "order ord-1 is Approved after 1 s")]
    public async Task Another_end_and_no_end_are_failures(string state, string message)
    {
        var run = await _workbench.RunAsync("smoke", ["https://shop.example.com", "--patience", "1"], answers: [$"/orders/ord-1 => {{\"orderId\":\"ord-1\",\"state\":\"{state}\",\"inBetween\":false}}"]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [BashFact]
    public async Task A_gateway_that_does_not_answer_is_waited_for_and_then_named()
    {
        var run = await _workbench.RunAsync("smoke", ["https://shop.example.com", "--patience", "1"], failing: "/healthz");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("https://shop.example.com does not answer", run.Error, StringComparison.Ordinal);
    }
}
