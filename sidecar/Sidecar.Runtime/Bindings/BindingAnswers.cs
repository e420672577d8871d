using System.Text;
using System.Text.Json;
using Dapr.Protocol.Runtime.V1;
using Microsoft.Extensions.Logging;
using Sidecar.Runtime.State;
using Order = Dapr.Protocol.Runtime.V1.BindingEventResponse.Types.BindingEventConcurrency;

namespace Sidecar.Runtime.Bindings;

/// <summary>
/// What a gRPC app asks for in its answer to a binding event: state to save, and output bindings to call with the answer's data. The event counts as taken whatever
/// comes of it, as in Dapr; failures are logged.
/// </summary>
internal sealed class BindingAnswers(StateBlock state, BindingsBlock bindings, ILogger logger)
{
    private const string Create = "create";

    /// <summary>Saves, then calls; one output after the other unless the answer says parallel.</summary>
    public async Task FollowAsync(string binding, BindingEventResponse answer, CancellationToken cancellationToken)
    {
        try
        {
            if (answer.States.Count > 0)
                await state.GetStore(answer.StoreName).SaveAsync(answer.States.Select(StateGrpcApi.ToSave).ToArray(), cancellationToken);

            var request = new BindingRequest(Create, JsonOf(answer.Data.Memory), new Dictionary<string, string>());
            if (answer.Concurrency == Order.Parallel)
            {
                await Task.WhenAll(answer.To.Select(output => bindings.InvokeAsync(output, request, cancellationToken)));
                return;
            }

            foreach (var output in answer.To)
                await bindings.InvokeAsync(output, request, cancellationToken);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            BindingsLog.AnswerFailed(logger, binding, error.Message);
        }
    }

    /// <summary>Outputs get JSON: data that is none becomes <c>null</c>.</summary>
    private static ReadOnlyMemory<byte> JsonOf(ReadOnlyMemory<byte> data)
    {
        try
        {
            using var document = JsonDocument.Parse(data);
            return data;
        }
        catch (JsonException)
        {
            return Encoding.UTF8.GetBytes("null");
        }
    }
}
