using Catalog.Contracts;
using Dapr.Workflow;
using OrderSaga.Services;

namespace OrderSaga.Activities;

internal sealed class PriceOrderActivity(CatalogApi catalog) : WorkflowActivity<PriceOrder, PricingAnswer>
{
    public override Task<PricingAnswer> RunAsync(WorkflowActivityContext context, PriceOrder input) => catalog.PriceAsync(input);
}
