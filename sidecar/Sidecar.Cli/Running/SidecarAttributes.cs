using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Sidecar.Cli.Output;
using Sidecar.Cli.Planning;

namespace Sidecar.Cli.Running;

/// <summary>Tells a sidecar what its CLI knows, through the metadata API as dapr's CLI does: tools such as dashboards read it there.</summary>
internal sealed class SidecarAttributes(RunPlan plan) : IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(10) };

    /// <summary>Writes the attributes of one instance.</summary>
    public async Task WriteAsync(PlannedInstance instance, InstanceLog log, int appPid)
    {
        (string Key, string Value)[] attributes =
        [
            ("cliPID", Text(Environment.ProcessId)),
            ("appPID", Text(appPid)),
            ("appCommand", string.Join(' ', instance.Command)),
            ("runTemplatePath", plan.TemplateFile.Length == 0 ? "" : Path.GetFullPath(plan.TemplateFile)),
            ("runTemplateName", plan.TemplateFile.Length == 0 ? "" : plan.Name),
            ("appLogPath", log.AppFile),
            ("daprdLogPath", log.SidecarFile),
        ];
        foreach (var (key, value) in attributes.Where(attribute => attribute.Value.Length > 0))
        {
            var host = IPAddress.Parse(instance.Sidecar.ListenAddress) is { } listening && !listening.Equals(IPAddress.Any) && !listening.Equals(IPAddress.IPv6Any)
                ? listening
                : IPAddress.Loopback;
            var address = new Uri($"http://{new IPEndPoint(host, instance.Sidecar.HttpPort)}/v1.0/metadata/{key}");
            using var request = new HttpRequestMessage(HttpMethod.Put, address) { Content = new StringContent(value, new MediaTypeHeaderValue("text/plain")) };
            if (instance.Sidecar.ApiToken is { } token)
                request.Headers.Add("dapr-api-token", token);
            try
            {
                using var answer = await _client.SendAsync(request);
            }
            catch (Exception error) when (error is HttpRequestException or TaskCanceledException or ObjectDisposedException)
            {
                // The sidecar is stopping: nobody will ask it any more.
                return;
            }
        }
    }

    public void Dispose() => _client.Dispose();

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
