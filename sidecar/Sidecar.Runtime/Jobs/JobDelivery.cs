using System.Net.Http.Headers;
using System.Text;
using Dapr.Protocol.Runtime.V1;
using Google.Protobuf.WellKnownTypes;
using Sidecar.Runtime.AppChannels;
using Sidecar.Runtime.Telemetry;

namespace Sidecar.Runtime.Jobs;

/// <summary>How a trigger ended.</summary>
internal enum TriggerResult
{
    /// <summary>The app took it.</summary>
    Done,

    /// <summary>The app answered with a failure.</summary>
    Failed,

    /// <summary>The app could not be reached: nothing was tried.</summary>
    NoApp,
}

/// <summary>Delivers a trigger to the app: <c>POST /job/{name}</c>.</summary>
internal static class JobDelivery
{
    /// <summary>Sends one trigger.</summary>
    public static async Task<(TriggerResult Result, string Problem)> SendAsync(IAppChannel app, Job job, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"/job/{Uri.EscapeDataString(job.Name)}", UriKind.Relative));
        request.Content = new ByteArrayContent(BodyOf(job.Data));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        SidecarTracing.Inject(request);
        try
        {
            using var response = await app.SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken);
            return response.IsSuccessStatusCode ? (TriggerResult.Done, "") : (TriggerResult.Failed, $"the app answered {(int)response.StatusCode}");
        }
        catch (HttpRequestException error) when (error.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError)
        {
            return (TriggerResult.NoApp, error.Message);
        }
        catch (Exception error) when (error is HttpRequestException or IOException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return (TriggerResult.Failed, error.Message);
        }
    }

    /// <summary>What the app gets: JSON when the job was scheduled over HTTP, else the bytes as they came.</summary>
    public static byte[] BodyOf(Any? data)
    {
        if (data is null)
        {
            return [];
        }

        return data.TryUnpack<Value>(out var value)
            ? Encoding.UTF8.GetBytes(JobJson.Format(value))
            : data.Value.Span.Trim(" \t\r\n"u8).ToArray();
    }
}
