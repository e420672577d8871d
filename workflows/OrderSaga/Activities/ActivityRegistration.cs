using Dapr.Workflow;

namespace OrderSaga.Activities;

/// <summary>Every activity of the sagas. Each is one call of one service, and each may run twice: the services refuse repeats.</summary>
internal static class ActivityRegistration
{
    public static void RegisterActivities(this WorkflowRuntimeOptions options)
    {
        options.RegisterActivity<PriceOrderActivity>();
        options.RegisterActivity<CheckCreditActivity>();
        options.RegisterActivity<ReserveStockActivity>();
        options.RegisterActivity<ReleaseStockActivity>();
        options.RegisterActivity<ShipStockActivity>();
        options.RegisterActivity<RestockReturnActivity>();
        options.RegisterActivity<RequestApprovalActivity>();
        options.RegisterActivity<ExpireApprovalActivity>();
        options.RegisterActivity<AuthorizePaymentActivity>();
        options.RegisterActivity<CapturePaymentActivity>();
        options.RegisterActivity<VoidPaymentActivity>();
        options.RegisterActivity<RefundPaymentActivity>();
        options.RegisterActivity<BookShipmentActivity>();
        options.RegisterActivity<CancelShipmentActivity>();
        options.RegisterActivity<CompleteOrderActivity>();
        options.RegisterActivity<EndOrderActivity>();
        options.RegisterActivity<CloseReturnActivity>();
    }
}
