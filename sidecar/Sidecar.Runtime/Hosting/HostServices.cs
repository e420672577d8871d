using Sidecar.Runtime.AppChannels;
using Sidecar.Runtime.Components;

namespace Sidecar.Runtime.Hosting;

/// <summary>What the sidecars of one host share.</summary>
internal sealed record HostServices(SidecarHostOptions Options, SharedInstances Shared, NameResolution Names, AppConnections Connections);
