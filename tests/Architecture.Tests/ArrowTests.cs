using System.Xml.Linq;

namespace Architecture.Tests;

/// <summary>The arrows of docs/architecture.md: who may reference whom. The wire is the only thing that joins services and sidecar.</summary>
public sealed class ArrowTests
{
    public static TheoryData<string> Projects() => [.. Repository.Projects];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_only_what_its_room_may_see(string project)
    {
        var room = RoomOf(project);
        var wrong = References(project).Where(reference => !Allowed(room, project, reference)).ToList();

        Assert.True(wrong.Count == 0, $"{project} ({room}) must not reference {string.Join(", ", wrong)}");
    }

    [Fact]
    public void Services_name_the_sdk_only_through_DaprReference()
    {
        var wrong = Repository.Projects
            .Where(project => RoomOf(project) is Room.Service or Room.Contracts or Room.ServiceDefaults)
            .Where(project => Repository.Read(project).Contains("sdk/", StringComparison.Ordinal) || Repository.Read(project).Contains("Include=\"Grpc", StringComparison.Ordinal));

        Assert.Empty(wrong);
    }

    [Fact]
    public void Services_contain_no_conditional_compilation()
    {
        var sources = new[] { "services", "workflows" }
            .Select(folder => Path.Combine(Repository.Root, folder))
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories));

        Assert.Empty(sources.Where(file => File.ReadLines(file).Any(line => line.StartsWith("#if", StringComparison.Ordinal))).Select(Repository.Relative));
    }

    private enum Room
    {
        Contracts,
        ServiceDefaults,
        Service,
        Protocol,
        Sdk,
        SidecarRuntime,
        SidecarComponents,
        SidecarHost,
        Sample,
        Deployment,
        Test,
    }

    private static bool Allowed(Room room, string project, string reference) => room switch
    {
        Room.Contracts => reference.EndsWith(".Contracts.csproj", StringComparison.Ordinal),
        Room.ServiceDefaults => false,
        Room.Service => RoomOf(reference) is Room.Contracts or Room.ServiceDefaults,
        Room.Protocol => RoomOf(reference) is Room.Protocol,
        Room.Sdk => RoomOf(reference) is Room.Sdk || reference == "protocol/Protocol/Protocol.csproj",
        Room.SidecarRuntime => RoomOf(reference) is Room.Protocol,
        Room.SidecarComponents => RoomOf(reference) is Room.Protocol or Room.SidecarRuntime,
        Room.SidecarHost => RoomOf(reference) is Room.SidecarHost or Room.Protocol or Room.SidecarRuntime or Room.SidecarComponents,
        Room.Sample => RoomOf(reference) is Room.Contracts or Room.Sample,
        Room.Deployment => false,
        Room.Test => true,
        _ => throw new ArgumentOutOfRangeException(nameof(room), room, project),
    };

    private static Room RoomOf(string project) => project.Split('/') switch
    {
        ["tests", ..] or ["bench", ..] => Room.Test,
        ["samples", ..] => Room.Sample,
        ["deploy", ..] => Room.Deployment,
        ["protocol", ..] => Room.Protocol,
        ["sdk", ..] => Room.Sdk,
        ["sidecar", "Sidecar.Runtime", ..] => Room.SidecarRuntime,
        ["sidecar", "Sidecar.Components", ..] => Room.SidecarComponents,
        ["sidecar", ..] => Room.SidecarHost,
        ["services", "ServiceDefaults", ..] => Room.ServiceDefaults,
        ["services" or "workflows", ..] when project.EndsWith(".Contracts.csproj", StringComparison.Ordinal) => Room.Contracts,
        ["services" or "workflows", ..] => Room.Service,
        _ => throw new InvalidOperationException($"{project} stands in no room of docs/architecture.md"),
    };

    private static IEnumerable<string> References(string project)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Repository.Root, project))!;
        return XDocument.Load(Path.Combine(Repository.Root, project))
            .Descendants("ProjectReference")
            .Select(element => element.Attribute("Include")!.Value.Replace('\\', '/'))
            .Select(path => Repository.Relative(Path.GetFullPath(Path.Combine(folder, path))));
    }
}
