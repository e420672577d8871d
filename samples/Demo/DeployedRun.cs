using Demo.Planning;
using Demo.Running;
using RetailData;
using Spectre.Console;

namespace Demo;

/// <summary>
/// Acceptance of a platform that somebody else started: everything goes through its public API, on products that no other run orders, and an order that ends otherwise than planned fails the run.
/// </summary>
internal sealed class DeployedRun(DemoOptions options, Repository repository, IAnsiConsole console)
{
    /// <summary>A bearer token, where the Gateway trusts an issuer of its own.</summary>
    public const string TokenVariable = "PLATFORM_TOKEN";

    private readonly string _data = Path.GetFullPath(options.DataDirectory ?? Path.Combine(repository.Root, ".dapr", "demo-deployed"));

    /// <summary>Runs and says the exit code: 0 only if every order ended as planned, nothing is stuck and both invariants hold.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        using var journal = Open();
        var head = journal.Head;
        var plan = DemoPlan.Make(Retail.FromSample(), head.Orders, head.Styles, head.Seed).ForDeployed(head.Run[^8..]);
        console.MarkupLineInterpolated($"[grey]ordering at {options.Gateway}: run {head.Run}, products of its own. Left out: an order that nobody approves, because how long it waits is the platform's own matter.[/]");

        using var http = new HttpClient { BaseAddress = options.Gateway, Timeout = TimeSpan.FromSeconds(30) };
        var token = Environment.GetEnvironmentVariable(TokenVariable);
        var gateway = new Gateway(http, trouble => console.MarkupLineInterpolated($"[yellow]{trouble}[/]"), string.IsNullOrEmpty(token) ? null : token);
        return await new PlannedRun(options, console).PlayAsync(gateway, plan, journal, cancellationToken);
    }

    private Journal Open()
    {
        if (options.Resume)
            return Journal.Reopen(_data) ?? throw new DemoException($"there is no run to resume in {_data}");
        if (Journal.ExistsIn(_data))
            Directory.Delete(_data, recursive: true);
        return Journal.Begin(_data, new JournalHead($"demo-{Guid.NewGuid():N}", options.Orders, options.Styles, options.Seed, options.Broker, options.Store, options.Replicas));
    }
}
