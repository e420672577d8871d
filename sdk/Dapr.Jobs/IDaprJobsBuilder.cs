using Dapr.Common;

namespace Dapr.Jobs;

/// <summary>What <c>AddDaprJobsClient</c> returns, so that further registrations can be chained.</summary>
public interface IDaprJobsBuilder : IDaprServiceBuilder;
