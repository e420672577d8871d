using Demo;

namespace Samples.Tests;

public sealed class DemoCommandTests
{
    [Fact]
    public async Task A_gateway_means_a_platform_that_runs_already()
    {
        var options = await OptionsAsync("--gateway", "https://orders.example.com", "--orders", "8");

        Assert.Equal((new Uri("https://orders.example.com"), 8, DemoOptions.AsDeployed, DemoOptions.AsDeployed), (options?.Gateway, options?.Orders, options?.Broker, options?.Store));
    }

    [Fact]
    public async Task Without_one_a_platform_is_started_here()
    {
        var options = await OptionsAsync("--broker", "redis");

        Assert.Equal((null, "redis", "sqlite"), (options?.Gateway, options?.Broker, options?.Store));
    }

    [Theory]
    [InlineData("--gateway is 'orders.example.com'; it must be an address", "--gateway", "orders.example.com")]
    [InlineData("--broker, --replicas would start one", "--gateway", "https://orders.example.com", "--replicas", "2", "--broker", "redis")]
    [InlineData("--chaos would start one", "--gateway", "https://orders.example.com", "--chaos")]
    public void What_does_not_go_together_is_refused(string message, params string[] arguments)
    {
        var command = DemoCommand.Create((_, _) => throw new InvalidOperationException("it must not run"));

        var errors = command.Parse(arguments).Errors;

        Assert.Contains(errors, error => error.Message.Contains(message, StringComparison.Ordinal));
    }

    private static async Task<DemoOptions?> OptionsAsync(params string[] arguments)
    {
        DemoOptions? given = null;
        var exitCode = await DemoCommand.Create((options, _) =>
        {
            given = options;
            return Task.FromResult(0);
        }).Parse(arguments).InvokeAsync();
        Assert.Equal(0, exitCode);
        return given;
    }
}
