using System.CommandLine;
using Sidecar.Cli.Running;

namespace Sidecar.Cli.Commands;

/// <summary><c>sidecar invoke</c>.</summary>
internal static class InvokeCommand
{
    public static Command Create()
    {
        var appId = CallingCommand.Required("--app-id", "-a", "The app to invoke");
        var method = CallingCommand.Required("--method", "-m", "The method to invoke");
        var verb = new Option<string>("--verb", "-v") { Description = "The HTTP verb", DefaultValueFactory = _ => "POST" };
        var headers = new Option<string[]>("--header", "-H") { Description = "A header of the request; may be given several times", HelpName = "name=value" };
        var payload = new Payload("invoke");
        var sockets = CallingCommand.SocketDirectory();
        var command = new Command("invoke", "Invoke a method of an app that runs, through its sidecar") { appId, method, verb, headers, sockets };
        payload.AddTo(command);
        command.SetAction((given, cancellation) => CallingCommand.RunAsync(given, async _ =>
        {
            var data = payload.Read(given);
            var named = (given.GetValue(headers) ?? []).Select(Header).ToList();
            var target = given.GetValue(appId)!;
            var (_, body) = await CallingCommand.SendAsync(
                target, given.GetValue(sockets), () => Request(given.GetValue(verb)!, $"v1.0/invoke/{target}/method/{given.GetValue(method)!.TrimStart('/')}", data, named),
                $"app ID {target} not found", $"error invoking app {target}", cancellation);
            // As dapr's: what the app answers is the caller's to read, whatever its status.
            if (body.Length > 0)
                given.InvocationConfiguration.Output.WriteLine(body);
            return "App invoked successfully";
        }));
        return command;
    }

    private static HttpRequestMessage Request(string verb, string address, byte[] data, IReadOnlyList<(string Name, string Value)> headers)
    {
        var request = new HttpRequestMessage(new HttpMethod(verb.ToUpperInvariant()), new Uri(address, UriKind.Relative)) { Content = CallingCommand.Content(data, "application/json") };
        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
                request.Content.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    private static (string Name, string Value) Header(string header) => header.Trim().Split('=') switch
    {
        ["", _] => throw new RunException("A header name is required."),
        [_, ""] => throw new RunException("Value for header name is required."),
        [var name, var value] => (name, value),
        _ => throw new RunException("Should one \"=\" in HTTP header."),
    };
}
