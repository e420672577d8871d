using System.CommandLine;
using System.Net.Http.Headers;
using Sidecar.Cli.Output;
using Sidecar.Cli.Running;

namespace Sidecar.Cli.Commands;

/// <summary>What <c>invoke</c> and <c>publish</c> have in common: they call the sidecar of an app that runs.</summary>
internal static class CallingCommand
{
    public static Option<string?> SocketDirectory() => new("--unix-domain-socket", "-u")
    {
        Description = "Folder of the sidecar's Unix domain sockets (default: as the app was started)",
        HelpName = "folder",
    };

    /// <summary>Required, with dapr's names.</summary>
    public static Option<string> Required(string name, string alias, string description) => new(name, alias) { Description = description, Required = true };

    /// <summary>Runs a command whose errors are told with dapr's mark and end it with 1.</summary>
    public static async Task<int> RunAsync(ParseResult given, Func<RunConsole, Task<string>> call)
    {
        var console = new RunConsole(given.InvocationConfiguration.Output, given.InvocationConfiguration.Error, colour: false) { AsJson = given.GetValue(RootOptions.LogAsJson) };
        try
        {
            console.Status(StatusMark.Success, await call(console));
            return 0;
        }
        catch (RunException error)
        {
            console.Status(StatusMark.Failure, error.Message);
            return 1;
        }
    }

    /// <summary>Sends a request to the sidecar of an app.</summary>
    /// <exception cref="RunException">The app does not run, or its sidecar cannot be reached.</exception>
    public static async Task<(int Status, string Body)> SendAsync(
        string appId, string? socketDirectory, Func<HttpRequestMessage> request, string unknownApp, string failure, CancellationToken cancellationToken)
    {
        var app = RunningApps.OfUser().FirstOrDefault(app => app.App.AppId == appId)?.App ?? throw new RunException($"{failure}: {unknownApp}");
        using var sidecar = SidecarClient.Of(app, socketDirectory);
        try
        {
            using var message = request();
            using var answer = await sidecar.SendAsync(message, cancellationToken);
            return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(cancellationToken));
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
        {
            throw new RunException($"{failure}: {error.Message}", error);
        }
    }

    public static ByteArrayContent Content(byte[] data, string contentType)
    {
        var content = new ByteArrayContent(data);
        content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        return content;
    }
}
