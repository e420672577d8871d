using Dapr.Workflow.Versioning;
using Microsoft.Extensions.DependencyInjection;

namespace Workflow.Tests.Versioning;

/// <summary>How versions are read from names, and which is newer.</summary>
public sealed class StrategyTests
{
    [Theory]
    [InlineData("Order", "Order 0")]
    [InlineData("OrderV2", "Order 2")]
    [InlineData("OrderV10", "Order 10")]
    [InlineData("OrderV", null)]
    [InlineData("Order2", null)]
    [InlineData("Orderv2", null)]
    [InlineData("V2", null)]
    [InlineData("", null)]
    public void A_number_behind_a_V_is_the_version_by_default(string name, string? parsed) => Assert.Equal(parsed, Parse(new NumericVersionStrategy(), name));

    [Theory]
    [InlineData("Order0007", "Order 0007")]
    [InlineData("Order007", null)]
    [InlineData("Order", null)]
    public void Numbers_may_have_a_fixed_width(string name, string? parsed) => Assert.Equal(
        parsed,
        Parse(Make<NumericVersionStrategy, NumericVersionStrategyOptions>(options => (options.SuffixPrefix, options.ZeroPad, options.Width, options.AllowNoSuffix) = ("", true, 4, false)), name));

    [Theory]
    [InlineData("Order20261122", "Order 20261122")]
    [InlineData("Order20261399", null)]
    [InlineData("20261122", null)]
    [InlineData("Order", null)]
    public void A_date_may_be_the_version(string name, string? parsed) => Assert.Equal(parsed, Parse(new DateVersionStrategy(), name));

    [Theory]
    [InlineData("order-1.2.3", "order- 1.2.3")]
    [InlineData("order-1.2.3-beta.1", "order- 1.2.3-beta.1")]
    [InlineData("order", "order 0.0.0")]
    public void A_semantic_version_may_stand_without_a_prefix(string name, string? parsed) =>
        Assert.Equal(parsed, Parse(Make<SemVerVersionStrategy, SemVerVersionStrategyOptions>(options => (options.Prefix, options.AllowNoSuffix) = ("", true)), name));

    [Theory]
    [InlineData("orderv1.2.3", "order 1.2.3")]
    [InlineData("orderv1.2.3+build.5", "order 1.2.3+build.5")]
    [InlineData("orderv1.2", null)]
    [InlineData("order", null)]
    public void Behind_a_v_it_stands_by_default(string name, string? parsed) => Assert.Equal(parsed, Parse(new SemVerVersionStrategy(), name));

    [Fact]
    public void Versions_are_ordered_by_what_they_mean_not_by_their_letters()
    {
        Assert.Equal(["alpha", "0", "2", "0010"], Sorted(new NumericVersionStrategy(), "0010", "2", "alpha", "0"));
        Assert.Equal(["0", "20251231", "20260101"], Sorted(new DateVersionStrategy(), "20260101", "0", "20251231"));
        Assert.Equal(
            ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0", "1.2.0", "1.10.0"],
            Sorted(new SemVerVersionStrategy(), "1.10.0", "1.0.0", "1.0.0-beta.11", "1.2.0", "1.0.0-alpha.1", "1.0.0-beta.2", "1.0.0-alpha.beta", "1.0.0-alpha"));
    }

    [Fact]
    public void A_strategy_takes_the_options_of_its_name()
    {
        var services = new ServiceCollection().AddDaprWorkflowVersioning().UseDefaultWorkflowStrategy<NumericVersionStrategy>("mine")
            .ConfigureStrategyOptions<NumericVersionStrategyOptions>("mine", options => options.SuffixPrefix = "Version");
        using var provider = services.BuildServiceProvider();

        Assert.Equal("Order 3", Parse(provider.GetRequiredService<WorkflowVersioningOptions>().DefaultStrategy!(provider), "OrderVersion3"));
    }

    [Fact]
    public void The_newest_version_is_chosen_and_an_empty_family_has_none()
    {
        using var provider = new ServiceCollection().AddDaprWorkflowVersioning().BuildServiceProvider();
        var resolver = provider.GetRequiredService<IWorkflowVersionResolver>();

        Assert.True(resolver.TryGetLatest(new WorkflowFamily("Order", [new("Order", "2", "OrderV2"), new("Order", "10", "OrderV10")]), out var latest, out _, out _));
        Assert.Equal("OrderV10", latest.TypeName);
        Assert.False(resolver.TryGetLatest(new WorkflowFamily("Order", []), out _, out var id, out var message));
        Assert.Equal((IWorkflowVersioningDiagnosticIds.EmptyFamily, "Workflow 'Order' has no version."), (id, message));
    }

    private static string? Parse(IWorkflowVersionStrategy strategy, string name) => strategy.TryParse(name, out var canonical, out var version) ? $"{canonical} {version}" : null;

    private static IEnumerable<string> Sorted(IWorkflowVersionStrategy strategy, params string[] versions) => versions.Order(strategy);

    private static TStrategy Make<TStrategy, TOptions>(Action<TOptions> configure)
        where TStrategy : class, IWorkflowVersionStrategy
        where TOptions : class
    {
        using var provider = new ServiceCollection().Configure(configure).BuildServiceProvider();
        return (TStrategy)new DefaultWorkflowVersionStrategyFactory().Create(typeof(TStrategy), "Order", null, provider);
    }
}
