namespace ServiceDefaults;

/// <summary>Who this process is to Dapr.</summary>
/// <param name="AppId">Its app id.</param>
public sealed record ServiceIdentity(string AppId)
{
    /// <summary>Where messages go that this service refused or gave up on.</summary>
    public string DeadLetterTopic => $"{AppId}-dead-letters";
}
