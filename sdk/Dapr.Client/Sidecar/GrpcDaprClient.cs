using System.Text.Json;
using Dapr.Common.Sidecar;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Wire = Dapr.Protocol.Runtime.V1;

namespace Dapr.Client.Sidecar;

/// <summary>The client as it talks to a sidecar: gRPC for everything but health and service invocation.</summary>
internal sealed partial class GrpcDaprClient(SidecarConnection sidecar, JsonSerializerOptions json, TimeProvider time) : DaprClient
{
    private static readonly TimeSpan HealthPollInterval = TimeSpan.FromMilliseconds(500);

    public override JsonSerializerOptions JsonSerializerOptions => json;

    public override Task<bool> CheckHealthAsync(CancellationToken cancellationToken = default) =>
        IsHealthyAsync("/v1.0/healthz", cancellationToken);

    public override Task<bool> CheckOutboundHealthAsync(CancellationToken cancellationToken = default) =>
        IsHealthyAsync("/v1.0/healthz/outbound", cancellationToken);

    public override async Task WaitForSidecarAsync(CancellationToken cancellationToken = default)
    {
        while (!await CheckOutboundHealthAsync(cancellationToken))
            await Task.Delay(HealthPollInterval, time, cancellationToken);
    }

    public override Task ShutdownSidecarAsync(CancellationToken cancellationToken = default) =>
        sidecar.CallAsync(DaprMethods.Shutdown, new Wire.ShutdownRequest(), cancellationToken);

    public override async Task<DaprMetadata> GetMetadataAsync(CancellationToken cancellationToken = default)
    {
        var response = await CallAsync("Get metadata", DaprMethods.GetMetadata, new Wire.GetMetadataRequest(), cancellationToken);
        var actors = response.ActorRuntime?.ActiveActors.Select(actor => new DaprActorMetadata(actor.Type, actor.Count)) ?? [];
        var components = response.RegisteredComponents
            .Select(component => new DaprComponentsMetadata(component.Name, component.Type, component.Version, [.. component.Capabilities]));
        return new DaprMetadata(response.Id, [.. actors], new Dictionary<string, string>(response.ExtendedMetadata), [.. components]);
    }

    public override async Task SetMetadataAsync(string attributeName, string attributeValue, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(attributeName);
        var request = new Wire.SetMetadataRequest { Key = attributeName, Value = attributeValue };
        await CallAsync("Set metadata", DaprMethods.SetMetadata, request, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            sidecar.Dispose();

        base.Dispose(disposing);
    }

    private async Task<bool> IsHealthyAsync(string path, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(sidecar.HttpEndpoint, path));
        if (sidecar.ApiToken.Length > 0)
            request.Headers.TryAddWithoutValidation(SidecarConnection.ApiTokenHeader, sidecar.ApiToken);

        try
        {
            using var response = await sidecar.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            // Not reachable is the answer, not an error.
            return false;
        }
    }

    /// <summary>One call whose failure is a <see cref="DaprException"/> that names the operation.</summary>
    private async Task<TResponse> CallAsync<TRequest, TResponse>(
        string operation, GrpcMethod<TRequest, TResponse> method, TRequest request, CancellationToken cancellation)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        try
        {
            return await sidecar.CallAsync(method, request, cancellation);
        }
        catch (GrpcException error)
        {
            throw Failure(operation, error);
        }
    }

    // The official wording, since people look for it and match it; what went wrong is in the inner exception.
    private static DaprException Failure(string operation, GrpcException error) =>
        new($"{operation} operation failed: the Dapr endpoint indicated a failure. See InnerException for details.", error);

    /// <summary>As JSON; null is the JSON null.</summary>
    private ByteString ToJson<T>(T value) => UnsafeByteOperations.UnsafeWrap(JsonSerializer.SerializeToUtf8Bytes(value, json));

    /// <summary>As JSON; null is no value at all.</summary>
    private ByteString ToStateJson<T>(T value) => value is null ? ByteString.Empty : ToJson(value);

    /// <summary>Nothing is the default value.</summary>
    /// <exception cref="JsonException">It is not the JSON expected.</exception>
    private T FromJson<T>(ByteString bytes) => bytes.IsEmpty ? default! : JsonSerializer.Deserialize<T>(bytes.Span, json)!;

    private T FromJson<T>(ByteString bytes, string operation, string payload)
    {
        try
        {
            return FromJson<T>(bytes);
        }
        catch (JsonException error)
        {
            throw new DaprException($"{operation} operation failed: the {payload} payload could not be deserialized. See InnerException for details.", error);
        }
    }

    private static void Copy(IEnumerable<KeyValuePair<string, string>>? from, MapField<string, string> to)
    {
        if (from is null)
            return;

        foreach (var (key, value) in from)
            to.Add(key, value);
    }
}
