using Deployment.Tests.Files;
using YamlDotNet.RepresentationModel;

namespace Deployment.Tests.Drift;

/// <summary>The apps of dapr.yaml and of tye.yaml.</summary>
internal static class RunFiles
{
    public static AppList Dapr(Checkout checkout)
    {
        const string File = "dapr.yaml";
        return new AppList(File, new Place(File, 0),
        [
            .. checkout.Documents(File).Single().Items("apps").Select(app => new AppEntry(Required(app, File, "appID"), app.At("appID")!.In(File), Required(app, File, "appDirPath"))
            {
                Port = Said(app.At("appPort"), File),
                Environment = app.Entries("env").ToDictionary(entry => entry.Key, entry => (entry.Value.Text() ?? "", entry.Value.In(File))),
            }),
        ]);
    }

    public static AppList Tye(Checkout checkout)
    {
        const string File = "tye.yaml";
        return new AppList(File, new Place(File, 0),
        [
            .. checkout.Documents(File).Single().Items("services").Select(service => new AppEntry(Required(service, File, "name"), service.At("name")!.In(File), FolderOf(service))
            {
                Port = Said(service.Items("bindings").FirstOrDefault().At("port"), File),
                Environment = service.Items("env").ToDictionary(entry => Required(entry, File, "name"), entry => (entry.Text("value") ?? "", entry.In(File))),
            }),
        ]);
    }

    /// <summary>A project names its folder, an executable the one that it runs in.</summary>
    private static string? FolderOf(YamlNode service) =>
        service.Text("project") is { } project ? project[..project.LastIndexOf('/')] : service.Text("workingDirectory");

    private static (string, Place)? Said(YamlNode? node, string file) => node?.Text() is { } text ? (text, node.In(file)) : null;

    private static string Required(YamlNode app, string file, string key) =>
        app.Text(key) ?? throw new InvalidDataException($"{app.In(file)}: this entry has no '{key}'");
}
