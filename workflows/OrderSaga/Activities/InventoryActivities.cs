using Dapr.Workflow;
using Inventory.Contracts;
using OrderSaga.Services;

namespace OrderSaga.Activities;

internal sealed class ReserveStockActivity(InventoryApi inventory) : WorkflowActivity<OrderCall<ReserveStock>, ReservationAnswer>
{
    public override Task<ReservationAnswer> RunAsync(WorkflowActivityContext context, OrderCall<ReserveStock> input) => inventory.ReserveAsync(input.OrderId, input.Command);
}

internal sealed class ReleaseStockActivity(InventoryApi inventory) : WorkflowActivity<OrderCall<ReleaseStock>, bool>
{
    public override Task<bool> RunAsync(WorkflowActivityContext context, OrderCall<ReleaseStock> input) => inventory.ReleaseAsync(input.OrderId, input.Command);
}

internal sealed class ShipStockActivity(InventoryApi inventory) : WorkflowActivity<OrderCall<ShipStock>, bool>
{
    public override Task<bool> RunAsync(WorkflowActivityContext context, OrderCall<ShipStock> input) => inventory.ShipAsync(input.OrderId, input.Command);
}

internal sealed class RestockReturnActivity(InventoryApi inventory) : WorkflowActivity<OrderCall<RestockReturn>, bool>
{
    public override Task<bool> RunAsync(WorkflowActivityContext context, OrderCall<RestockReturn> input) => inventory.RestockAsync(input.OrderId, input.Command);
}
