using System.Net.Http.Headers;
using System.Text;
using Dapr.Protocol.Common.V1;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
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

/// <summary>Delivers a trigger to the app: <c>POST /job/{name}</c>, or <c>OnJobEvent</c> of an app that speaks gRPC.</summary>
internal static class JobDelivery
{
    /// <summary>Sends one trigger.</summary>
    public static Task<(TriggerResult Result, string Problem)> SendAsync(IAppChannel app, Job job, CancellationToken cancellationToken) =>
        app.Callback is { } callback ? CallAsync(callback, job, cancellationToken) : PostAsync(app, job, cancellationToken);

    private static async Task<(TriggerResult Result, string Problem)> PostAsync(IAppChannel app, Job job, CancellationToken cancellationToken)
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
        catch (HttpRequestException error) when (IsUnreachable(error))
        {
            return (TriggerResult.NoApp, error.Message);
        }
        catch (Exception error) when (error is HttpRequestException or IOException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return (TriggerResult.Failed, error.Message);
        }
    }

    private static async Task<(TriggerResult Result, string Problem)> CallAsync(AppCallback app, Job job, CancellationToken cancellationToken)
    {
        var request = new JobEventRequest
        {
            Name = job.Name,
            Data = job.Data,
            Method = $"job/{job.Name}",
            ContentType = job.Data?.Is(Value.Descriptor) == true ? "application/json" : "",
            HttpExtension = new HTTPExtension { Verb = HTTPExtension.Types.Verb.Post },
        };
        var metadata = new GrpcMetadata();
        SidecarTracing.Inject(metadata);
        try
        {
            await app.CallEitherAsync(AppCallbackMethods.OnJobEvent, AppCallbackMethods.OnJobEventAlpha1, request, metadata, cancellationToken);
            return (TriggerResult.Done, "");
        }
        catch (GrpcException error)
        {
            return (error.InnerException is HttpRequestException failure && IsUnreachable(failure) ? TriggerResult.NoApp : TriggerResult.Failed, $"the app answered {error.StatusCode}: {error.Detail}");
        }
    }

    private static bool IsUnreachable(HttpRequestException error) =>
        error.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError;

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
