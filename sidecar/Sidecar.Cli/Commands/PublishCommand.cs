using System.CommandLine;
using System.Text.Json;
using Sidecar.Cli.Running;

namespace Sidecar.Cli.Commands;

/// <summary><c>sidecar publish</c>.</summary>
internal static class PublishCommand
{
    private static readonly string[] s_cloudEvent = ["id", "source", "specversion", "type", "data"];

    public static Command Create()
    {
        var appId = CallingCommand.Required("--publish-app-id", "-i", "The app that publishes");
        var pubsub = CallingCommand.Required("--pubsub", "-p", "The pub/sub component");
        var topic = CallingCommand.Required("--topic", "-t", "The topic");
        var metadata = new Option<string?>("--metadata", "-m") { Description = "Publish metadata, as a JSON object", HelpName = "json" };
        var payload = new Payload("publish");
        var sockets = CallingCommand.SocketDirectory();
        var command = new Command("publish", "Publish an event in the name of an app that runs, through its sidecar") { appId, pubsub, topic, metadata, sockets };
        payload.AddTo(command);
        command.SetAction((given, cancellation) => CallingCommand.RunAsync(given, async _ =>
        {
            var data = payload.Read(given);
            var (component, name) = (given.GetValue(pubsub)!, given.GetValue(topic)!);
            var address = $"v1.0/publish/{Uri.EscapeDataString(component)}/{name}{Query(given.GetValue(metadata))}";
            var failure = $"Error publishing topic {name}";
            var (status, _) = await CallingCommand.SendAsync(
                given.GetValue(appId)!, given.GetValue(sockets),
                () => new HttpRequestMessage(HttpMethod.Post, new Uri(address, UriKind.Relative)) { Content = CallingCommand.Content(data, ContentType(data)) },
                "couldn't find a running Dapr instance", failure, cancellation);
            return status is >= 200 and < 300
                ? "Event published successfully"
                : throw new RunException($"{failure}: unexpected status code {status} on publishing to {name} in {component}");
        }));
        return command;
    }

    /// <summary>A whole CloudEvent goes as one; everything else is data.</summary>
    private static string ContentType(byte[] data)
    {
        try
        {
            using var json = JsonDocument.Parse(data);
            return json.RootElement is { ValueKind: JsonValueKind.Object } document && Array.TrueForAll(s_cloudEvent, key => document.TryGetProperty(key, out var _))
                ? "application/cloudevents+json"
                : "application/json";
        }
        catch (JsonException)
        {
            return "application/json";
        }
    }

    private static string Query(string? metadata)
    {
        if (string.IsNullOrEmpty(metadata))
            return "";
        try
        {
            using var json = JsonDocument.Parse(metadata);
            var pairs = json.RootElement.EnumerateObject().Select(entry => $"metadata.{Uri.EscapeDataString(entry.Name)}={Uri.EscapeDataString(entry.Value.ToString())}");
            return $"?{string.Join('&', pairs)}";
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new RunException($"Error parsing metadata as JSON. Error: {error.Message}", error);
        }
    }
}
