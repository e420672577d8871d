namespace OrderSaga;

/// <summary>
/// The orchestrated order where the platform has its service in another language: the last step is an activity of Loyalty's, an app of its own in TypeScript. A workflow keeps its
/// name for life, so orders that began without Loyalty end without it.
/// </summary>
public sealed class LoyalOrderWorkflow : OrderWorkflow
{
    private protected override Task AfterCompletionAsync(SagaRun run) => run.AwardPointsAsync();
}
