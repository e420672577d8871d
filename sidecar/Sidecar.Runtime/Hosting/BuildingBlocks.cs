using Microsoft.AspNetCore.Routing;
using Sidecar.Runtime.Actors;
using Sidecar.Runtime.Bindings;
using Sidecar.Runtime.Configurations;
using Sidecar.Runtime.Cryptography;
using Sidecar.Runtime.Health;
using Sidecar.Runtime.Invocation;
using Sidecar.Runtime.Jobs;
using Sidecar.Runtime.Locks;
using Sidecar.Runtime.Metadata;
using Sidecar.Runtime.Outbox;
using Sidecar.Runtime.PubSub;
using Sidecar.Runtime.Secrets;
using Sidecar.Runtime.State;
using Sidecar.Runtime.Workflows;

namespace Sidecar.Runtime.Hosting;

/// <summary>The one place that knows which building blocks a sidecar has, and which APIs they serve.</summary>
internal static class BuildingBlocks
{
    /// <summary>Makes the blocks of one sidecar, in the order they are started; they are stopped side by side and disposed in the reverse order.</summary>
    public static IReadOnlyList<IBuildingBlock> Create(SidecarInstance sidecar, SidecarContext context)
    {
        var outbox = new OutboxBlock(context);
        var state = new StateBlock(context, outbox);
        return
        [
            state,
            new SecretsBlock(context),
            new LockBlock(context),
            new ConfigurationBlock(context),
            new CryptographyBlock(context),
            new PubSubBlock(context),
            outbox,
            new InvocationBlock(context, sidecar.Names, sidecar.Connections),
            new WorkflowBlock(context),
            new BindingsBlock(context, state),
            new ActorsBlock(context),
            new JobsBlock(context),
            new MetadataBlock(sidecar, context),
        ];
    }

    /// <summary>The HTTP API.</summary>
    public static void MapHttp(IEndpointRouteBuilder routes)
    {
        routes.MapStateApi();
        routes.MapSecretsApi();
        routes.MapLockApi();
        routes.MapConfigurationApi();
        routes.MapCryptographyApi();
        routes.MapSubtleApi();
        routes.MapWorkflowApi();
        routes.MapPubSubApi();
        routes.MapActorsApi();
        routes.MapJobsApi();
        routes.MapMetadataApi();
        routes.MapHealthApi();
        routes.MapBindingsApi();
    }

    /// <summary>The gRPC API.</summary>
    public static void MapGrpc(IEndpointRouteBuilder routes)
    {
        routes.MapWorkflowGrpc();
        routes.MapPubSubGrpc();
        routes.MapActorsGrpc();
        routes.MapJobsGrpc();
        routes.MapStateGrpc();
        routes.MapSecretsGrpc();
        routes.MapLockGrpc();
        routes.MapConfigurationGrpc();
        routes.MapCryptographyGrpc();
        routes.MapSubtleGrpc();
        routes.MapInvocationGrpc();
        routes.MapMetadataGrpc();
        routes.MapHealthGrpc();
        routes.MapBindingsGrpc();
        routes.MapReflectionGrpc();
    }
}
