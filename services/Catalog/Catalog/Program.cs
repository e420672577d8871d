using Catalog;
using Catalog.Api;
using Catalog.Contracts;
using Catalog.Topics;
using Ordering.Contracts;
using ServiceDefaults;
using ServiceDefaults.Outbox;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults("catalog").AddUnitOfWork(OrderEvents.Describe, new PublishedEvents(CatalogEvents.Topic, CatalogEvents.Types));
builder.Services.AddSingleton<Products>();
builder.Services.AddSingleton<OrderPricing>();

var app = builder.Build();
app.MapServiceDefaults();
app.MapProductsApi();
app.MapPricingApi();
app.MapOrderingTopic();
app.Run();
