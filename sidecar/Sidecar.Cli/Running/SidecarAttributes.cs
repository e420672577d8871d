using System.Globalization;
using System.Net.Http.Headers;
using Sidecar.Cli.Output;
using Sidecar.Cli.Planning;

namespace Sidecar.Cli.Running;

/// <summary>Tells a sidecar what its CLI knows, through the metadata API as dapr's CLI does: tools such as dashboards read it there.</summary>
internal sealed class SidecarAttributes(RunPlan plan)
{
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
        using var sidecar = SidecarClient.Of(instance.Sidecar);
        foreach (var (key, value) in attributes.Where(attribute => attribute.Value.Length > 0))
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, new Uri($"v1.0/metadata/{key}", UriKind.Relative)) { Content = new StringContent(value, new MediaTypeHeaderValue("text/plain")) };
            try
            {
                using var answer = await sidecar.SendAsync(request, CancellationToken.None);
            }
            catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
            {
                // The sidecar is stopping: nobody will ask it any more.
                return;
            }
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
