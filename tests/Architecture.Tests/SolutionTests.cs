namespace Architecture.Tests;

public sealed class SolutionTests
{
    [Fact]
    public void Dapr_sln_lists_every_project_and_no_other()
    {
        Assert.Equal(Repository.Projects, ProjectsIn("Dapr.sln"));
    }

    [Fact]
    public void The_platform_filter_builds_what_dapr_yaml_starts()
    {
        var filter = Repository.Read("platform.slnf").Replace('\\', '/');
        var apps = Repository.Read("dapr.yaml").Split('\n')
            .Where(line => line.Contains("artifacts/bin/", StringComparison.Ordinal))
            .Select(line => line.Split("artifacts/bin/")[1].Split('/')[0]);

        Assert.All(apps, app => Assert.Contains($"/{app}.csproj", filter, StringComparison.Ordinal));
    }

    private static List<string> ProjectsIn(string solution) =>
    [
        .. Repository.Read(solution).Split('\n')
            .Where(line => line.StartsWith("Project(", StringComparison.Ordinal) && line.Contains(".csproj", StringComparison.Ordinal))
            .Select(line => line.Split('"')[5].Replace('\\', '/'))
            .Order(StringComparer.Ordinal),
    ];
}
