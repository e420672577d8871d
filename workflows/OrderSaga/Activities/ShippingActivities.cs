using Dapr.Workflow;
using OrderSaga.Services;
using Shipping.Contracts;

namespace OrderSaga.Activities;

internal sealed class BookShipmentActivity(ShippingApi shipping) : WorkflowActivity<OrderCall<BookShipment>, ShipmentAnswer>
{
    public override Task<ShipmentAnswer> RunAsync(WorkflowActivityContext context, OrderCall<BookShipment> input) => shipping.BookAsync(input.OrderId, input.Command);
}

internal sealed class CancelShipmentActivity(ShippingApi shipping) : WorkflowActivity<OrderCall<CancelShipment>, bool>
{
    public override Task<bool> RunAsync(WorkflowActivityContext context, OrderCall<CancelShipment> input) => shipping.CancelAsync(input.OrderId, input.Command);
}
