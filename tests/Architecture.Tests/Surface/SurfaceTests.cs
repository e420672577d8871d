using System.Reflection;
using Xunit.Abstractions;

namespace Architecture.Tests.Surface;

/// <summary>
/// Our SDK stands in for the official packages, so whatever it has must have exactly their shape; and what it lacks must be lacking for a reason.
/// </summary>
public sealed class SurfaceTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("Dapr.Common")]
    [InlineData("Dapr.Client")]
    [InlineData("Dapr.AspNetCore")]
    [InlineData("Dapr.Jobs")]
    [InlineData("Dapr.Messaging")]
    [InlineData("Dapr.Extensions.Configuration")]
    [InlineData("Dapr.Actors")]
    [InlineData("Dapr.Actors.AspNetCore")]
    [InlineData("Dapr.Workflow.Abstractions")]
    [InlineData("Dapr.Workflow")]
    [InlineData("Dapr.Workflow.Versioning.Abstractions")]
    [InlineData("Dapr.Workflow.Versioning.Runtime")]
    public void Every_public_member_has_the_official_shape(string assemblyName)
    {
        var official = AssemblySurface.ReadOfficial(assemblyName).ToDictionary(type => type.Name);
        var differences = AssemblySurface.Reflect(Assembly.Load(assemblyName)).SelectMany(ours =>
            official.GetValueOrDefault(ours.Name) is not { } theirs
                ? [$"{ours.Declaration}\n    is no official type"]
                : Differences(ours, theirs));

        Assert.True(!differences.Any(), string.Join("\n", differences));
    }

    [Theory]
    [InlineData("Dapr.Common")]
    [InlineData("Dapr.Client")]
    [InlineData("Dapr.AspNetCore")]
    [InlineData("Dapr.Jobs")]
    [InlineData("Dapr.Messaging")]
    [InlineData("Dapr.Extensions.Configuration")]
    [InlineData("Dapr.Actors")]
    [InlineData("Dapr.Actors.AspNetCore")]
    [InlineData("Dapr.Workflow.Abstractions")]
    [InlineData("Dapr.Workflow")]
    [InlineData("Dapr.Workflow.Versioning.Abstractions")]
    [InlineData("Dapr.Workflow.Versioning.Runtime")]
    public void Every_official_member_is_there_or_left_out_for_a_reason(string assemblyName)
    {
        var ours = AssemblySurface.Reflect(Assembly.Load(assemblyName)).ToDictionary(type => type.Name);
        var unexplained = new List<string>();
        foreach (var theirs in AssemblySurface.ReadOfficial(assemblyName))
        {
            if (!ours.TryGetValue(theirs.Name, out var type))
            {
                Report(theirs.Declaration, LeftOut.Types.GetValueOrDefault(theirs.Name));
                continue;
            }

            foreach (var member in theirs.Members.Except(type.Members))
                Report($"{theirs.Name}: {member}", LeftOut.ReasonFor(theirs.Name, member));
        }

        Assert.True(unexplained.Count == 0, string.Join("\n", unexplained));

        void Report(string missing, string? reason)
        {
            output.WriteLine($"{missing}\n    left out: {reason ?? "?"}");
            if (reason is null)
                unexplained.Add(missing);
        }
    }

    [Fact]
    public void Nothing_is_listed_as_left_out_that_is_there()
    {
        string[] assemblies =
        [
            "Dapr.Common", "Dapr.Client", "Dapr.AspNetCore", "Dapr.Jobs", "Dapr.Messaging", "Dapr.Extensions.Configuration", "Dapr.Actors", "Dapr.Actors.AspNetCore",
            "Dapr.Workflow.Abstractions", "Dapr.Workflow", "Dapr.Workflow.Versioning.Abstractions", "Dapr.Workflow.Versioning.Runtime",
        ];
        var ours = assemblies.SelectMany(name => AssemblySurface.Reflect(Assembly.Load(name))).Select(type => type.Name).ToHashSet();

        Assert.All(LeftOut.Types.Keys, name => Assert.DoesNotContain(name, ours));
    }

    private static IEnumerable<string> Differences(SurfaceType ours, SurfaceType theirs)
    {
        if (ours.Declaration != theirs.Declaration)
            yield return $"ours:     {ours.Declaration}\nofficial: {theirs.Declaration}";

        foreach (var member in ours.Members.Except(theirs.Members))
        {
            var name = member.Split('(')[0].Split(' ')[^1];
            var similar = theirs.Members.Where(candidate => candidate.Contains($" {name}", StringComparison.Ordinal));
            yield return $"{ours.Name}\n    ours:     {member}\n    official: {string.Join("\n              ", similar.DefaultIfEmpty("nothing of that name"))}";
        }
    }
}
