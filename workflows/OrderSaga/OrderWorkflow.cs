using Dapr.Workflow;
using Ordering.Contracts;
using OrderSaga.Activities;

namespace OrderSaga;

/// <summary>
/// The orchestrated order: one step after the other, and on any failure the compensations of the done steps in reverse. Until the pivot a cancellation is a failure like any other;
/// after it the order only goes forward, and Ordering turns a late cancellation into a refund.
/// </summary>
public class OrderWorkflow : Workflow<OrderDetails, OrderState>
{
    public const string CancelEvent = "cancel";
    public const string ApprovedEvent = "approved";

    /// <summary>The whole saga. To add a step, add a line.</summary>
    private static readonly SagaStep[] _steps =
    [
        new("price the order", run => run.PriceAsync()),
        new("check credit", run => run.CheckCreditAsync()),
        new("reserve stock", run => run.ReserveStockAsync(), (run, failure) => run.ReleaseStockAsync(failure)),
        new("wait for approval", run => run.WaitForApprovalAsync()),
        new("authorize payment", run => run.AuthorizePaymentAsync(), (run, failure) => run.VoidPaymentAsync(failure)),
        new("book shipment", run => run.BookShipmentAsync(), (run, failure) => run.CancelShipmentAsync(failure)),
        new("capture payment", run => run.CapturePaymentAsync()) { IsPivot = true },
        new("ship stock", run => run.ShipStockAsync()),
    ];

    public override async Task<OrderState> RunAsync(WorkflowContext context, OrderDetails order)
    {
        var run = new SagaRun(context, order);
        var done = new Stack<SagaStep>();
        var canStillBeCancelled = true;
        foreach (var step in _steps)
        {
            var failure = canStillBeCancelled ? run.Cancellation : null;
            if (failure is null)
            {
                context.SetCustomStatus(step.Name);
                failure = await step.Do(run);
            }

            if (failure is not null)
            {
                return await UndoAsync(run, done, failure);
            }

            done.Push(step);
            canStillBeCancelled &= !step.IsPivot;
        }

        var state = await run.CompleteAsync();
        await AfterCompletionAsync(run);
        return state;
    }

    /// <summary>What follows a completed order and can change nothing of it.</summary>
    private protected virtual Task AfterCompletionAsync(SagaRun run) => Task.CompletedTask;

    private static async Task<OrderState> UndoAsync(SagaRun run, Stack<SagaStep> done, Failure failure)
    {
        foreach (var step in done.Where(step => step.Undo is not null))
        {
            run.Context.SetCustomStatus($"undo: {step.Name}");
            await step.Undo!(run, failure);
        }

        return await run.EndAsync(failure);
    }
}

/// <summary>One step of the saga.</summary>
/// <param name="Name">What it does; the workflow's custom status while it runs.</param>
/// <param name="Do">Does it; answers why the order cannot go on, or null.</param>
/// <param name="Undo">Undoes it.</param>
internal sealed record SagaStep(string Name, Func<SagaRun, Task<Failure?>> Do, Func<SagaRun, Failure, Task>? Undo = null)
{
    /// <summary>After this step nothing is undone any more.</summary>
    public bool IsPivot { get; init; }
}
