using Sidecar.Runtime.AppChannels;

namespace Sidecar.Runtime.Faults;

/// <summary>The way to an app, where a job's trigger over HTTP is a fault point: <c>app/job</c>. Deliveries have their own; gRPC apps pass none here.</summary>
internal sealed class FaultyAppChannel(IAppChannel app, FaultPoints points, string appId) : IAppChannel
{
    private const string JobPath = "/job/";

    /// <inheritdoc/>
    public event Action<bool>? HealthChanged
    {
        add => app.HealthChanged += value;
        remove => app.HealthChanged -= value;
    }

    /// <inheritdoc/>
    public bool IsConfigured => app.IsConfigured;

    /// <inheritdoc/>
    public bool IsHealthy => app.IsHealthy;

    /// <inheritdoc/>
    public AppCallback? Callback => app.Callback;

    /// <inheritdoc/>
    public Task WaitUntilHealthyAsync(CancellationToken cancellationToken) => app.WaitUntilHealthyAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, HttpCompletionOption completion, CancellationToken cancellationToken)
    {
        var path = request.RequestUri?.OriginalString ?? "";
        if (!path.StartsWith(JobPath, StringComparison.Ordinal))
            return await app.SendAsync(request, completion, cancellationToken);

        var passage = new Passage(appId, null, [path]);
        try
        {
            await points.PassAsync($"{appId}/job/before", passage, cancellationToken);
            var response = await app.SendAsync(request, completion, cancellationToken);
            await points.PassAsync($"{appId}/job/after", passage, cancellationToken);
            return response;
        }
        catch (FaultException fault)
        {
            throw new HttpRequestException(HttpRequestError.ResponseEnded, fault.Message, fault);
        }
    }
}
