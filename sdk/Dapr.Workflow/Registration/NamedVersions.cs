using System.Reflection;
using Dapr.Workflow.Abstractions;
using Dapr.Workflow.Versioning;
using Microsoft.Extensions.DependencyInjection;
using Wire = Dapr.Protocol.Workflow;

namespace Dapr.Workflow.Registration;

/// <summary>
/// Which class makes the turns of an instance, where a workflow has a class for each of its versions: the newest for a new instance, and that one until it ends. Its name stands in the history,
/// as Dapr's protocol has it.
/// </summary>
internal sealed class NamedVersions
{
    private readonly Dictionary<string, IReadOnlyList<string>> _newestFirst;

    private NamedVersions(Dictionary<string, IReadOnlyList<string>> newestFirst) => _newestFirst = newestFirst;

    /// <summary>Every name is one class.</summary>
    public static NamedVersions None { get; } = new([]);

    /// <summary>Sorts workflow classes into families; <see cref="None"/> where versions are not switched on.</summary>
    /// <exception cref="InvalidOperationException">The name of a class does not tell its version.</exception>
    public static NamedVersions Of(IEnumerable<(Type Type, string Name)> workflows, IServiceProvider services)
    {
        if (services.GetService<WorkflowVersioningOptions>() is not { } options)
            return None;
        var diagnostics = services.GetRequiredService<IWorkflowVersionDiagnostics>();
        var usual = options.DefaultStrategy?.Invoke(services) ?? throw new InvalidOperationException("No default workflow versioning strategy is configured.");
        var selector = options.DefaultSelector?.Invoke(services) ?? new MaxVersionSelector();
        var families = workflows.Where(workflow => typeof(IWorkflow).IsAssignableFrom(workflow.Type)).Distinct().Select(Read).GroupBy(version => version.Identity.CanonicalName);
        var versions = new NamedVersions(families.ToDictionary(family => family.Key, Order));
        services.GetService<IWorkflowRouterRegistry>()?.UpdateRoutes(versions._newestFirst);
        return versions;

        (WorkflowVersionIdentity Identity, Type? StrategyType, IWorkflowVersionStrategy Strategy) Read((Type Type, string Name) workflow)
        {
            var said = workflow.Type.GetCustomAttribute<WorkflowVersionAttribute>();
            var strategy = said?.StrategyType is { } own
                ? services.GetRequiredService<IWorkflowVersionStrategyFactory>().Create(own, said.CanonicalName ?? workflow.Type.Name, said.OptionsName, services)
                : usual;
            var (canonical, version) = (said?.CanonicalName, said?.Version);
            if (string.IsNullOrEmpty(canonical) || string.IsNullOrEmpty(version))
            {
                if (!strategy.TryParse(workflow.Type.Name, out var parsedName, out var parsedVersion))
                    throw new InvalidOperationException(diagnostics.CouldNotParseMessage(workflow.Type.FullName ?? workflow.Type.Name));
                (canonical, version) = (string.IsNullOrEmpty(canonical) ? parsedName : canonical, string.IsNullOrEmpty(version) ? parsedVersion : version);
            }

            return (new WorkflowVersionIdentity(canonical, version, workflow.Name, workflow.Type.Assembly.GetName().Name), said?.StrategyType, strategy);
        }

        IReadOnlyList<string> Order(IGrouping<string, (WorkflowVersionIdentity Identity, Type? StrategyType, IWorkflowVersionStrategy Strategy)> family)
        {
            var own = family.FirstOrDefault(version => version.StrategyType is not null);
            if (family.FirstOrDefault(version => version.StrategyType is not null && version.StrategyType != own.StrategyType) is { StrategyType: { } other } odd)
                throw new InvalidOperationException(diagnostics.UnknownStrategyMessage(odd.Identity.TypeName, other));
            var strategy = own.Strategy ?? usual;
            List<WorkflowVersionIdentity> all = [.. family.Select(version => version.Identity)];
            var latest = selector.SelectLatest(family.Key, all, strategy);
            return [latest.TypeName, .. all.Where(version => version != latest).OrderByDescending(version => version.Version, strategy).Select(version => version.TypeName)];
        }
    }

    /// <summary>The class for this turn, and whether the history is to say it from now on.</summary>
    /// <param name="name">The name under which the instance was started.</param>
    /// <param name="past">What was committed before this turn.</param>
    public (string ClassName, bool IsRecorded) ClassFor(string name, IEnumerable<Wire.HistoryEvent> past)
    {
        if (!_newestFirst.TryGetValue(name, out var versions))
            return (name, false);
        var begun = past.Where(e => e.WorkflowStarted is not null).ToList();

        // Begun before there were versions: then it was the class of that very name.
        return begun.Count == 0
            ? (versions[0], true)
            : (begun.Select(e => e.WorkflowStarted.Version?.Name).FirstOrDefault(recorded => !string.IsNullOrEmpty(recorded)) ?? name, true);
    }
}
