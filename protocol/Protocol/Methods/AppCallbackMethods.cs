using Dapr.Protocol.Common.V1;
using Dapr.Protocol.Grpc;
using Dapr.Protocol.Runtime.V1;
using Google.Protobuf.WellKnownTypes;

namespace Dapr.Protocol.Methods;

/// <summary>What a sidecar calls on an app that speaks gRPC: <c>AppCallback</c>, <c>AppCallbackAlpha</c>, <c>AppCallbackHealthCheck</c>.</summary>
public static class AppCallbackMethods
{
    /// <summary>Full name of the stable callback service.</summary>
    public const string Service = "dapr.proto.runtime.v1.AppCallback";

    /// <summary>Full name of the alpha callback service.</summary>
    public const string AlphaService = "dapr.proto.runtime.v1.AppCallbackAlpha";

    /// <summary>Full name of the health callback service.</summary>
    public const string HealthCheckService = "dapr.proto.runtime.v1.AppCallbackHealthCheck";

#pragma warning disable CS1591 // the names are Dapr's own; the proto files say what they carry
    public static readonly GrpcMethod<InvokeRequest, InvokeResponse> OnInvoke = new(GrpcMethodKind.Unary, Service, "OnInvoke");
    public static readonly GrpcMethod<Empty, ListTopicSubscriptionsResponse> ListTopicSubscriptions = new(GrpcMethodKind.Unary, Service, "ListTopicSubscriptions");
    public static readonly GrpcMethod<TopicEventRequest, TopicEventResponse> OnTopicEvent = new(GrpcMethodKind.Unary, Service, "OnTopicEvent");
    public static readonly GrpcMethod<Empty, ListInputBindingsResponse> ListInputBindings = new(GrpcMethodKind.Unary, Service, "ListInputBindings");
    public static readonly GrpcMethod<BindingEventRequest, BindingEventResponse> OnBindingEvent = new(GrpcMethodKind.Unary, Service, "OnBindingEvent");
    public static readonly GrpcMethod<TopicEventBulkRequest, TopicEventBulkResponse> OnBulkTopicEvent =
        new(GrpcMethodKind.Unary, Service, "OnBulkTopicEvent");
    public static readonly GrpcMethod<JobEventRequest, JobEventResponse> OnJobEvent = new(GrpcMethodKind.Unary, Service, "OnJobEvent");
    public static readonly GrpcMethod<TopicEventBulkRequest, TopicEventBulkResponse> OnBulkTopicEventAlpha1 =
        new(GrpcMethodKind.Unary, AlphaService, "OnBulkTopicEventAlpha1");
    public static readonly GrpcMethod<JobEventRequest, JobEventResponse> OnJobEventAlpha1 = new(GrpcMethodKind.Unary, AlphaService, "OnJobEventAlpha1");
    public static readonly GrpcMethod<Empty, HealthCheckResponse> HealthCheck = new(GrpcMethodKind.Unary, HealthCheckService, "HealthCheck");
#pragma warning restore CS1591
}
