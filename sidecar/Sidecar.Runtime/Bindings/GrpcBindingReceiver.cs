using Dapr.Protocol.Grpc;
using Dapr.Protocol.Methods;
using Dapr.Protocol.Runtime.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;
using Sidecar.Runtime.AppChannels;
using Sidecar.Runtime.Resiliency;
using Sidecar.Runtime.Resources;
using Sidecar.Runtime.Telemetry;

namespace Sidecar.Runtime.Bindings;

/// <summary>An app over gRPC: it lists the bindings it wants once, and gets their events by <c>OnBindingEvent</c>.</summary>
internal sealed class GrpcBindingReceiver(AppCallback app, BindingAnswers answers, ILogger logger) : IBindingReceiver
{
    private HashSet<string>? _wanted;

    /// <summary>True when the app lists the binding; one that cannot be asked, or lacks <c>ListInputBindings</c>, wants none.</summary>
    public async Task<bool> WantsAsync(Component binding, CancellationToken cancellationToken)
    {
        _wanted ??= await AskAsync(cancellationToken);
        return _wanted.Contains(binding.Name);
    }

    /// <summary>Calls the app, and does what its answer asks for.</summary>
    public async Task<byte[]> DeliverAsync(Component binding, BindingEvent @event, CancellationToken cancellationToken)
    {
        var request = new BindingEventRequest { Name = binding.Name, Data = ByteString.CopyFrom(@event.Data.Span), Metadata = { new Dictionary<string, string>(@event.Metadata) } };
        BindingEventResponse answer;
        try
        {
            answer = (await app.CallAsync(AppCallbackMethods.OnBindingEvent, request, Traced(@event.Metadata), cancellationToken)).Message;
        }
        catch (GrpcException error)
        {
            throw new OperationFailedException($"error invoking app: rpc error: code = {error.StatusCode} desc = {error.Detail} (binding {binding.Name})", error) { GrpcStatus = (int)error.StatusCode };
        }

        await answers.FollowAsync(binding.Name, answer, cancellationToken);
        return answer.Data.ToByteArray();
    }

    private async Task<HashSet<string>> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            var response = await app.CallAsync(AppCallbackMethods.ListInputBindings, new Empty(), Traced(new Dictionary<string, string>()), cancellationToken);
            return [.. response.Message.Bindings];
        }
        catch (GrpcException error)
        {
            if (error.StatusCode != GrpcStatusCode.Unimplemented)
                BindingsLog.NotListed(logger, error.Detail);
            return [];
        }
    }

    private static GrpcMetadata Traced(IReadOnlyDictionary<string, string> metadata)
    {
        var traced = new GrpcMetadata();
        SidecarTracing.Inject(traced, metadata.GetValueOrDefault(SidecarTracing.TraceParent), metadata.GetValueOrDefault(SidecarTracing.TraceState));
        return traced;
    }
}
